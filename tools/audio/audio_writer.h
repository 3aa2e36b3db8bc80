/** @file
 *  Planar floats out into audio files.
 *
 *  Full scale is 1. A frame is one sample of every channel. Errors as in audio_format.h. */
#ifndef TONECELL_AUDIO_WRITER_H
#define TONECELL_AUDIO_WRITER_H

#include "audio/audio_format.h"

struct audio_writer;

/** How to write. */
struct audio_create_options {
    struct audio_info info; /* n_frames may be unknown; stdout's header states it if it is known */
    bool no_dither;         /* else integer samples get TPDF dither from a fixed seed */
};

/** Begin to write a file, or to stdout if path is "-".
 *
 *  The file gets its name in audio_commit(), when it is complete; until then it is a temporary file
 *  in the same folder. stdout and devices take WAV only, written as the samples arrive. */
enum tc_status audio_create(struct audio_writer **writer, const char *path,
                            const struct audio_create_options *options, struct tc_error *error);

/** Append n_frames of [channels] buffers. Integer samples saturate. */
enum tc_status audio_write(struct audio_writer *writer, const float *const *channels,
                           size_t n_frames, struct tc_error *error);

/** Number of samples over full scale so far. */
uint64_t audio_overs(const struct audio_writer *writer);

/** Complete the file, mark it as a result (result_mark.h), sync it to disk and give it its name.
 *  Frees the writer in any case; on failure an earlier file of that name is unchanged. */
enum tc_status audio_commit(struct audio_writer *writer, struct tc_error *error);

/** Close and remove the temporary file (NULL allowed). */
void audio_discard(struct audio_writer *writer);

#endif
