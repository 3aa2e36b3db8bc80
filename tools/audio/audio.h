/** @file
 *  A whole recording in memory. */
#ifndef TONECELL_AUDIO_H
#define TONECELL_AUDIO_H

#include "tonecell.h"

struct audio {
    double rate_hz;
    size_t n_frames;
    uint64_t stated_frames; /* by the file's header: audio_info */
    bool is_lossy;          /* compressed with loss, as MP3 and Ogg Vorbis are */
    unsigned channels;
    float **channel; /* [channels] buffers of n_frames */
};

/** Read a whole file; errors as in audio_format.h. On failure *audio is empty, and audio_free() of
 *  it is allowed. */
enum tc_status audio_load(struct audio *audio, const char *path, struct tc_error *error);

/** Free the buffers; *audio becomes empty. */
void audio_free(struct audio *audio);

#endif
