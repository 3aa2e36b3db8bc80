/** @file
 *  The wet path of a player: from the input after its gain through the model to the output before
 *  its gain, both at the host's rate.
 *
 *      in --to_model--> model_in --stream--> model_out --to_host--> fifo --> output
 *
 *  Without a converter the model reads `in`, and model_out is the output: nothing is copied. With
 *  an oversampling by N the stream has N channels for each of the path's. */
#ifndef TC_WET_PATH_H
#define TC_WET_PATH_H

#include "player/converter.h"
#include "player/fifo.h"
#include "player/ramp.h"
#include "stream/recurrence_delay.h"

struct tc_wet_path {
    struct tc_stream *stream;
    struct tc_converter *converter;    /* NULL: the model runs at the host's rate */
    unsigned oversampling;             /* the converter's, or 1 */
    unsigned inputs, outputs;          /* of one channel */
    unsigned n_inputs, n_outputs;      /* of all channels */
    uint32_t knob_ramp_frames;         /* of the model */
    unsigned knobs;                    /* they move at the model's rate */
    struct tc_ramp knob[TC_MAX_KNOBS]; /* in the user's unit */

    /* Planar blocks. */
    float **in; /* [n_inputs] TC_PLAYER_BLOCK frames, to be written by the user */
    float **model_in, **model_out; /* [n_inputs * oversampling], [n_outputs * oversampling] */
    float **knob_values;           /* [knobs] */
    float **output;                /* [n_outputs] pointers into the fifo */
    struct tc_fifo fifo;           /* starts with pending_frames of silence */

    float *memory; /* of the blocks */
    float **pointers;
};

/** How the model runs in a path. */
struct tc_wet_setting {
    double rate_hz; /* of the host */
    enum tc_precision precision;
    struct tc_converter *converter;          /* or NULL */
    const struct tc_recurrence_delay *delay; /* of the model's states, or NULL */
};

/** A path of `channels`; the converter, for as many channels, is of this path alone and stays the
 *  caller's. To be freed on failure, too. Errors: those of tc_stream_new_with(). */
enum tc_status tc_wet_path_init(struct tc_wet_path *wet, const struct tc_model *model,
                                unsigned channels, const struct tc_wet_setting *setting,
                                struct tc_error *error);

/** Free what the path of zeros, or after tc_wet_path_init(), owns: not the converter. */
void tc_wet_path_free(struct tc_wet_path *wet);

/** Back to the initial state. */
void tc_wet_path_reset(struct tc_wet_path *wet) TC_REALTIME;

/** As tc_player_copy_channel(). */
void tc_wet_path_copy_channel(struct tc_wet_path *wet, unsigned channel,
                              const struct tc_wet_path *from, unsigned from_channel) TC_REALTIME;

/** Pass n frames (at most TC_PLAYER_BLOCK) of wet->in through the model. The result are n frames of
 *  [n_outputs] buffers, the caller's until the next call. */
float *const *tc_wet_path_process(struct tc_wet_path *wet, size_t n) TC_REALTIME;

#endif
