/** @file
 *  Audio files in, as planar floats.
 *
 *  Full scale is 1. A frame is one sample of every channel. Integer samples are exact: written
 *  without dither and read again they are the same. Errors as in audio_format.h. */
#ifndef TONECELL_AUDIO_READER_H
#define TONECELL_AUDIO_READER_H

#include "audio/audio_format.h"

struct audio_reader;

/** Open a file, or stdin if path is "-". *info is set on success. Refuses what is not audio and
 *  what holds no frame. */
enum tc_status audio_open(struct audio_reader **reader, const char *path, struct audio_info *info,
                          struct tc_error *error);

/** Read up to max_frames into [channels] buffers; *n_frames = 0 at the end of the file. Fails on a
 *  sample that is not finite or above 1e18, and on a file that ends before the length it stated. */
enum tc_status audio_read(struct audio_reader *reader, float *const *channels, size_t max_frames,
                          size_t *n_frames, struct tc_error *error);

/** Close (NULL allowed). */
void audio_close(struct audio_reader *reader);

#endif
