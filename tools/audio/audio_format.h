/** @file
 *  Formats of audio files, and the properties of one file.
 *
 *  Errors of these and of audio_reader.h and audio_writer.h are those of tonecell.h, without the
 *  name of the file: TC_IO (the operating system refused), TC_BAD_FORMAT (not audio, no frames, cut
 *  short), TC_BAD_VALUE (NaN, infinity or a number beyond any sound: says frame and channel),
 *  TC_UNSUPPORTED, TC_NO_MEMORY. */
#ifndef TONECELL_AUDIO_FORMAT_H
#define TONECELL_AUDIO_FORMAT_H

#include "tonecell.h"

/** Container and sample format, as libsndfile codes them; 0: not given. */
struct audio_format {
    int container, samples;
};

struct audio_info {
    unsigned channels;
    double rate_hz;
    uint64_t n_frames;      /* AUDIO_UNKNOWN_LENGTH if a pipe does not state it */
    uint64_t stated_frames; /* less if the header was written before the recording ended; then it
                               goes on to the end of the file. AUDIO_UNKNOWN_LENGTH if the header
                               states none */
    struct audio_format format;
};

#define AUDIO_UNKNOWN_LENGTH UINT64_MAX

/** True if a name has the ending of an audio file and is not hidden: used to list folders. */
bool audio_name(const char *name);

/** The ending of a container's files, without the dot; NULL for 0. */
const char *audio_extension(int container);

/** False if samples are compressed with loss. */
bool audio_keeps_samples(struct audio_format format);

/** Read "wav", "24", "flac:16", "wav:float" into *format. Containers: wav, aiff, flac, ogg, caf,
 *  w64, rf64, au. Samples: 16, 24, 32, float, double. */
enum tc_status audio_format_parse(const char *text, struct audio_format *format,
                                  struct tc_error *error);

/** Choose the format of a file to be written.
 *
 *  `wanted` has precedence; what it does not give (0) follows the ending of `path`, then the input:
 *  its container, and its sample format if the container can hold it, else 24 bits or the nearest
 *  that it holds. stdout and devices are WAV. TC_UNSUPPORTED if that cannot be written. */
enum tc_status audio_format_choose(const struct audio_format *wanted,
                                   const struct audio_info *input, const char *path,
                                   struct audio_format *chosen, struct tc_error *error);

#endif
