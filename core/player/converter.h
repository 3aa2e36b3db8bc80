/** @file
 *  A change of sample rate around the model: what a resampler has to be for a player.
 *
 *      host's rate --to_model--> model's rate --the model--> model's rate --to_host--> host's rate
 *
 *  With an oversampling by N, to_model gives N times the model's rate. A model whose states are fed
 *  back after N frames is N models in turn: frame t is one for the stream's channel t modulo N, so
 *  that a frame of the model has N samples of every input, one for each of N channels of the
 *  stream.
 *
 *  Either function takes all the frames it is given and returns the number of frames it gives,
 *  which may be 0. That number depends on nothing but the number of frames taken since the reset:
 *  this is what makes a player's samples independent of the block size. */
#ifndef TC_CONVERTER_H
#define TC_CONVERTER_H

#include "tonecell.h"

/** A player works on so many frames of the host at a time, at most. */
enum { TC_PLAYER_BLOCK = 64 };

/** What a converter needs a player to have memory for. */
struct tc_converter_size {
    unsigned delay_frames;   /* of the host: input frame t is output frame t + delay_frames */
    unsigned pending_frames; /* of the host: the most that were taken and have not come back yet; at
                                no time have more come back than were taken */
    unsigned oversampling;   /* N: channels of the stream for one of the host */
    unsigned model_frames;   /* the most that to_model() gives for TC_PLAYER_BLOCK frames */
};

/** To be the first member of a struct that holds the state of all channels. */
struct tc_converter {
    struct tc_converter_size size;
    double model_rate_hz;

    /** n_frames (at most TC_PLAYER_BLOCK) of the host; in [channels * audio_inputs], out
     *  [channels * oversampling * audio_inputs]. */
    size_t (*to_model)(struct tc_converter *converter, const float *const *in, size_t n_frames,
                       float *const *out) TC_REALTIME;

    /** n_frames of the model; in [channels * oversampling * outputs], out [channels * outputs]. */
    size_t (*to_host)(struct tc_converter *converter, const float *const *in, size_t n_frames,
                      float *const *out) TC_REALTIME;

    void (*reset)(struct tc_converter *converter) TC_REALTIME;

    /** Copy the state of a channel of `from`, a converter of the same kind and size. The numbers of
     *  frames that the two have taken differ by a multiple of the period after which the numbers of
     *  frames given repeat (of the host, 160 at 48000 Hz with a model of 44100 Hz). */
    void (*copy_channel)(struct tc_converter *converter, unsigned channel,
                         const struct tc_converter *from, unsigned from_channel) TC_REALTIME;
};

/** Frames of the host by which the output of a player is late; 0 without a converter (NULL). */
static inline unsigned tc_converter_latency_frames(const struct tc_converter *converter)
{
    return converter ? converter->size.delay_frames + converter->size.pending_frames : 0;
}

#endif
