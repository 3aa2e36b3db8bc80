/** @file
 *  Where the samples are in an uncompressed audio file, and how many its header states.
 *
 *  A recorder that crashed, or lost power, has not yet written the length: it is 0, or that of the
 *  last time the header was brought up to date. Programs that write into a pipe cannot come back to
 *  the header: they write 0, -1 or a length close to the limit of the format.
 *
 *  Sources: Multimedia Programming Interface and Data Specifications 1.0, IBM & Microsoft 1991
 *  (WAV); EBU Tech 3306 and ITU-R BS.2088 (RF64, BW64); Sony Wave64 (W64); Apple AIFF-C draft 1991;
 *  Apple Core Audio Format Specification 1.0; Sun audio file format (AU). */
#ifndef TONECELL_SOUND_DATA_H
#define TONECELL_SOUND_DATA_H

#include "audio/byte_source.h"

#define SOUND_NO_LENGTH UINT64_MAX

struct sound_data {
    const struct container *container;
    int64_t start;       /* offset of the first sample */
    uint64_t stated;     /* bytes of samples; SOUND_NO_LENGTH if that is no length */
    int64_t field;       /* offset of the length in the header */
    unsigned field_size; /* bytes */
    uint64_t extra;      /* what the length counts besides the samples, bytes */
};

/** Find the samples of a WAV, RF64, BW64, W64, AIFF, AIFC, CAF or AU file. False if it is none. */
bool sound_data_find(struct byte_source *source, struct sound_data *data);

/** Whether a file or pipe goes on with sound at an offset where its samples should have ended, and
 *  not with another chunk or with less than there is in a tag. Reads a pipe further than that. */
bool sound_data_goes_on(struct byte_source *source, const struct sound_data *data, int64_t end);

/** The byte at an offset of the header if its length were n_bytes, which libsndfile can read:
 *  `byte` as it is anywhere else. A length of 32 bits becomes the largest, by which libsndfile
 *  reads to the end of the file; BW64 becomes RF64, which is the same for it. */
unsigned char sound_data_patch(const struct sound_data *data, uint64_t n_bytes, int64_t at,
                               unsigned char byte);

/** Whether libsndfile 1.2 knows the format only by another name. */
bool sound_data_needs_patch(const struct sound_data *data);

#endif
