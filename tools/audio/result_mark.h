/** @file
 *  The mark of an audio file that Tonecell wrote: a hash of its samples, as the software among the
 *  texts of the file. A file that still has the samples of its mark is a result that nobody has
 *  changed, which may be replaced; any other may be a recording. WAV, RF64, AIFF, CAF and FLAC take
 *  a mark, unless their samples are lossy.
 *
 *  64-bit FNV-1a, over words of 32 bits in place of bytes; a sample is a float, or an integer whose
 *  highest bits are used. */
#ifndef TONECELL_RESULT_MARK_H
#define TONECELL_RESULT_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What is said of a file that result_may_replace() protects. */
#define RESULT_REFUSED "exists and may be a recording: give another name, or --force to replace it"

/** The hash of no samples. */
#define RESULT_MARK_START UINT64_C(14695981039346656037)

/** The hash with n more samples of 32 bits. */
uint64_t result_mark_add(uint64_t hash, const void *samples, size_t n);

enum { RESULT_MARK_SIZE = 32 };

/** The text of a mark, always of one length. Returns text. */
const char *result_mark_text(uint64_t hash, char text[RESULT_MARK_SIZE]);

/** Whether a result may be written to `path` without the loss of anything: there is no file, an
 *  empty one or a result of Tonecell; or it is a stream or folder, for audio_create(). False also
 *  for a file that cannot be read. */
bool result_may_replace(const char *path);

#endif
