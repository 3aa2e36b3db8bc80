/** @file
 *  WAV files whose header states less sound than there is: the recorder crashed, or lost power,
 *  before it wrote the length. */
#ifndef TONECELL_WAV_LENGTH_H
#define TONECELL_WAV_LENGTH_H

#include <sndfile.h>
#include <stdbool.h>
#include <stdint.h>

/** Where the length of the samples is in a file, and what it should be. */
struct wav_length {
    int fd;
    int64_t field;       /* offset of its 4 bytes */
    int64_t at, size;    /* in the file: where reading goes on, and the end */
    uint64_t stated;     /* bytes */
    unsigned frame_size; /* bytes */
};

/** Find out whether a WAV file that can be seeked goes on after the samples that its header states,
 *  and not with a chunk. A file whose header is right or states too much is left to libsndfile, as
 *  is any other format. fd is at its start before and after. */
bool wav_length_is_wrong(int fd, struct wav_length *length);

/** The functions by which libsndfile reads such a file, with the stated length replaced by the
 *  largest, which it takes to mean that the samples reach to the end. user: struct wav_length,
 *  whose file the caller closes. */
extern SF_VIRTUAL_IO wav_length_io;

#endif
