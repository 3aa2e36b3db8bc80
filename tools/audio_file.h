/** @file
 *  Audio files in and out, as planar floats. The only part of Tonecell that sees libsndfile.
 *
 *  Full scale is 1. A frame is one sample of every channel. Integer samples are exact in both
 *  directions: written without dither and read again they are the same.
 *  Errors as in tonecell.h, without the name of the file: TC_IO (the operating system refused),
 *  TC_BAD_FORMAT (not audio, no frames, cut short), TC_BAD_VALUE (NaN or infinity: says frame and
 *  channel), TC_UNSUPPORTED, TC_NO_MEMORY. */
#ifndef TONECELL_AUDIO_FILE_H
#define TONECELL_AUDIO_FILE_H

#include "tonecell.h"

/** Container and sample format, as libsndfile codes them; 0 in either = not said. */
struct audio_format {
    int container, samples;
};

struct audio_info {
    unsigned channels;
    double rate_hz;
    uint64_t n_frames; /* AUDIO_UNKNOWN_LENGTH from a pipe that does not say */
    struct audio_format format;
};

#define AUDIO_UNKNOWN_LENGTH UINT64_MAX

/* ------------------------------------------------------------------------- reading */

struct audio_reader;

/** Open a file, or stdin if path is "-". *info is set on success. Refuses what is not audio and
 *  what holds no frame. */
enum tc_status audio_open(struct audio_reader **reader, const char *path, struct audio_info *info,
                          struct tc_error *error);

/** Read up to max_frames into [channels] buffers; *n_frames = 0 at the end of the file. Fails on a
 *  sample that is not finite, and on a file that ends before the length it stated. */
enum tc_status audio_read(struct audio_reader *reader, float *const *channels, size_t max_frames,
                          size_t *n_frames, struct tc_error *error);

/** Close (NULL allowed). */
void audio_close(struct audio_reader *reader);

/** True if the name ends like that of an audio file: what a folder of recordings is made of. */
bool audio_name(const char *name);

/** The ending of a container's files, without the dot; NULL for 0. */
const char *audio_extension(int container);

/* ------------------------------------------------------------------------- writing */

struct audio_writer;

/** How to write. */
struct audio_create_options {
    struct audio_info info; /* n_frames may be unknown; stdout's header states it if it is known */
    bool no_dither;         /* else integer samples get TPDF dither from a fixed seed */
};

/** Choose the format of a file to be written.
 *
 *  What `wanted` says wins; what it leaves open (0) follows the ending of `path` and then the
 * input: its container, and its sample format if the container can hold it, else 24 bits or what
 * comes nearest. stdout and devices are WAV. Fails if what is wanted cannot be had. */
enum tc_status audio_format_choose(const struct audio_format *wanted,
                                   const struct audio_info *input, const char *path,
                                   struct audio_format *chosen, struct tc_error *error);

/** Begin to write a file, or to stdout if path is "-".
 *
 *  A file appears under its name at audio_commit() only, and complete; until then it grows under a
 *  name of its own in the same folder. stdout and devices take WAV only, as it comes. */
enum tc_status audio_create(struct audio_writer **writer, const char *path,
                            const struct audio_create_options *options, struct tc_error *error);

/** Append n_frames of [channels] buffers. Integer samples saturate. */
enum tc_status audio_write(struct audio_writer *writer, const float *const *channels,
                           size_t n_frames, struct tc_error *error);

/** Samples so far beyond full scale. */
uint64_t audio_overs(const struct audio_writer *writer);

/** Finish: the file is complete, on the disk, and has its name. The writer is freed in any case;
 *  on failure what stood under the name before still does. */
enum tc_status audio_commit(struct audio_writer *writer, struct tc_error *error);

/** Give up: nothing remains (NULL allowed). */
void audio_discard(struct audio_writer *writer);

/** Read "wav", "24", "flac:16", "wav:float" into *format. Containers: wav, aiff, flac, ogg, caf,
 *  w64, rf64, au. Samples: 16, 24, 32, float, double. */
enum tc_status audio_format_parse(const char *text, struct audio_format *format,
                                  struct tc_error *error);

#endif
