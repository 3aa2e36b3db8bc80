/** @file
 *  A sound file or pipe as libsndfile reads it: with the length that it has, whatever its header
 *  states. */
#ifndef TONECELL_SOUND_INPUT_H
#define TONECELL_SOUND_INPUT_H

#include "audio/sound_data.h"

#include <sndfile.h>
#include <stdbool.h>
#include <stdint.h>

struct sound_input {
    struct byte_source source;
    struct sound_data data; /* .container NULL: compressed, or no sound */
    bool direct;            /* libsndfile reads the file itself */
    bool patched;           /* the length in the header is replaced by n_bytes */
    uint64_t n_bytes;       /* of samples: as many as there are, or as the header states */
    uint64_t missing;       /* a file has so many bytes of samples less than the header states */
    int64_t at, size;       /* where libsndfile reads on, and where the file ends for it */
    int64_t end;            /* where a pipe's samples end unless more follow */
    bool goes_on;           /* there is more than the header states */
};

/** Read the header of an open file or pipe at its start, which sound_input_close() closes. */
void sound_input_open(struct sound_input *input, int fd, bool is_pipe);
void sound_input_close(struct sound_input *input);

/** By which libsndfile reads it if it is not direct. user: struct sound_input. A pipe is read
 *  forward only, but for its header, until sound_input_opened(). */
extern SF_VIRTUAL_IO sound_input_io;
void sound_input_opened(struct sound_input *input);

#endif
