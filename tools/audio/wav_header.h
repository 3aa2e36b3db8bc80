/** @file
 *  The header of a WAV stream, which is written before the length may be known.
 *
 *  RIFF, fmt (18 bytes), fact, data.
 *  From: Multimedia Programming Interface and Data Specifications 1.0, IBM & Microsoft 1991. */
#ifndef TONECELL_WAV_HEADER_H
#define TONECELL_WAV_HEADER_H

#include <stdbool.h>
#include <stdint.h>

enum { WAV_HEADER_SIZE = 58 };

/** The most bytes of samples that a header states, less than 2^32 by the size of other chunks. */
#define WAV_LIMIT UINT64_C(0xffff0000)

struct wav_form {
    unsigned channels, rate_hz;
    unsigned sample_size; /* bytes */
    bool is_float;
    uint64_t n_frames; /* if not known or too many, the header states the maximum */
};

void wav_header(unsigned char header[WAV_HEADER_SIZE], const struct wav_form *form);

#endif
