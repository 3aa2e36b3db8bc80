/** @file
 *  What audio_format.c, audio_reader.c, audio_writer.c and result_mark.c share. No other file sees
 *  libsndfile. */
#ifndef TONECELL_AUDIO_SNDFILE_H
#define TONECELL_AUDIO_SNDFILE_H

#include <pthread.h>

/** Frames that are handed to libsndfile at a time. */
enum { AUDIO_BLOCK_FRAMES = 4096 };

/** Locked while a file is opened and until the reason of a failure is read: libsndfile has one
 *  variable for it, shared by all threads. */
extern pthread_mutex_t audio_open_lock;

/** Bits of an integer sample format; 0 for any other. */
unsigned audio_integer_bits(int sample);

/** Bytes of a sample in a file; 0 if they vary. */
unsigned audio_sample_size(int sample);

/** Length of an error message of libsndfile without its full stop, for "%.*s". */
int audio_reason_length(const char *reason);

#endif
