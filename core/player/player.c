/* How a player's frames go:
 *
 *      in --+-- input gain --> wet path (the model) --> output gain --+-- dry, bypass --> out
 *           |                                                         |
 *           +-- dry path: as many frames later as the wet path is ----+ */
#include "player/player.h"

#include "decibel.h"
#include "finite.h"
#include "memory.h"
#include "model/model.h"
#include "player/resampler.h"
#include "player/wet_path.h"
#include "stream/denormals.h"

#include <math.h>
#include <stdlib.h>

/* A control that moves at the host's rate, and its values in a block. */
struct gain {
    struct tc_ramp ramp;
    float value[TC_PLAYER_BLOCK];
};

struct tc_player {
    const struct tc_model *model;
    double rate_hz;            /* of the host */
    uint32_t ramp_frames;      /* of the host */
    uint32_t knob_ramp_frames; /* of the model */
    bool fresh;                /* no controls taken since the reset */
    struct gain in_gain, out_gain, dry_amount, bypass;
    struct tc_wet_path wet;
    struct tc_resampler *resampler; /* the wet path's converter, if the player made it */
    struct tc_fifo dry; /* the delay line: starts with as many zeros as there is latency */
};

void tc_controls_init(struct tc_controls *controls, const struct tc_model *model)
{
    *controls = (struct tc_controls){0};
    for (unsigned k = 0; k < model->arch.knobs; ++k)
        controls->knob[k] = model->meta.knob[k].initial;
}

enum tc_status tc_player_new(struct tc_player **player, const struct tc_model *model,
                             unsigned channels, double rate_hz, struct tc_error *error)
{
    return tc_player_new_with(player, model, channels, rate_hz, TC_PRECISION_FULL, error);
}

bool tc_player_converts(const struct tc_model *model, double rate_hz)
{
    const double ratio = model->meta.sample_rate_hz / rate_hz;

    return model->meta.sample_rate_hz > 0.0 && rate_hz > 0.0 && ratio != 1.0 &&
           ratio <= TC_MAX_RATE_RATIO && ratio >= 1.0 / TC_MAX_RATE_RATIO;
}

enum tc_status tc_player_new_with(struct tc_player **player, const struct tc_model *model,
                                  unsigned channels, double rate_hz, enum tc_precision precision,
                                  struct tc_error *error)
{
    static const struct tc_converter_size none;
    struct tc_resampler *resampler = NULL;
    enum tc_status status = TC_OK;

    if (tc_player_converts(model, rate_hz))
        status = tc_resampler_new(&resampler, model, channels, rate_hz, error);
    if (!status)
        status = tc_player_new_converting(player, model, channels, rate_hz, precision,
                                          resampler ? &resampler->base.size : &none, error);
    if (status) {
        tc_resampler_free(resampler);
        return status;
    }
    (*player)->resampler = resampler;
    if (resampler)
        tc_player_set_converter(*player, &resampler->base);
    return TC_OK;
}

static enum tc_status allocate(struct tc_player *player, unsigned channels,
                               enum tc_precision precision, const struct tc_converter_size *largest,
                               struct tc_error *error)
{
    const size_t latency = (size_t)largest->delay_frames + largest->pending_frames;
    const enum tc_status status =
        tc_wet_path_init(&player->wet, player->model, channels, precision, largest, error);

    if (status)
        return status;
    player->dry.rows = player->wet.n_inputs;
    player->dry.capacity = tc_fifo_capacity(latency + TC_PLAYER_BLOCK);
    player->dry.samples = tc_floats_new(player->dry.rows * player->dry.capacity);
    if (!player->dry.samples)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a player of %u channels", channels);
    return TC_OK;
}

enum tc_status tc_player_new_converting(struct tc_player **player, const struct tc_model *model,
                                        unsigned channels, double rate_hz,
                                        enum tc_precision precision,
                                        const struct tc_converter_size *largest,
                                        struct tc_error *error)
{
    struct tc_player *made;
    enum tc_status status;

    if (!(rate_hz > 0.0 && rate_hz <= 1e9))
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "a sample rate of %g Hz, expected more than 0, at most 1e9", rate_hz);
    if (model->arch.symbols)
        return tc_fail(error, TC_UNSUPPORTED,
                       "the model has an input of %u symbols, a player takes audio alone",
                       model->arch.symbols);
    if (model->arch.audio_inputs > TC_MAX_AUDIO || model->arch.outputs > TC_MAX_AUDIO)
        return tc_fail(error, TC_UNSUPPORTED,
                       "the model has %u audio inputs and %u outputs, a player takes at most %d of "
                       "each",
                       model->arch.audio_inputs, model->arch.outputs, TC_MAX_AUDIO);
    made = calloc(1, sizeof *made);
    if (!made)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a player");
    made->model = model;
    made->rate_hz = rate_hz;
    status = allocate(made, channels, precision, largest, error);
    if (status) {
        tc_player_free(made);
        return status;
    }
    tc_player_reset(made);
    *player = made;
    return TC_OK;
}

void tc_player_free(struct tc_player *player)
{
    if (!player)
        return;
    tc_wet_path_free(&player->wet);
    tc_resampler_free(player->resampler);
    free(player->dry.samples);
    free(player);
}

void tc_player_set_converter(struct tc_player *player, struct tc_converter *converter)
{
    tc_wet_path_reset(&player->wet, converter);
    tc_fifo_reset(&player->dry, tc_player_latency_frames(player));
    player->ramp_frames = tc_ramp_frames(player->rate_hz);
    player->knob_ramp_frames =
        tc_ramp_frames(converter ? converter->model_rate_hz : player->rate_hz);
    player->fresh = true;
}

void tc_player_reset(struct tc_player *player)
{
    tc_player_set_converter(player, player->wet.converter);
}

void tc_player_copy_channel(struct tc_player *player, unsigned channel,
                            const struct tc_player *from, unsigned from_channel)
{
    const unsigned inputs = player->wet.inputs;

    tc_wet_path_copy_channel(&player->wet, channel, &from->wet, from_channel);
    for (unsigned i = 0; i < inputs; ++i)
        tc_fifo_copy_row(&player->dry, channel * inputs + i, &from->dry, from_channel * inputs + i);
}

unsigned tc_player_latency_frames(const struct tc_player *player)
{
    return tc_converter_latency_frames(player->wet.converter);
}

/* ------------------------------------------------------------------ controls */

/* NaN becomes the lower bound. */
static float clamp(float v, float low, float high)
{
    return fminf(fmaxf(v, low), high);
}

static float gain_from_db(float gain_db)
{
    return tc_gain_from_db(clamp(gain_db, TC_GAIN_MIN_DB, TC_GAIN_MAX_DB));
}

static void take_controls(struct tc_player *player, const struct tc_controls *controls)
{
    const struct tc_knob *const knob = player->model->meta.knob;
    const uint32_t frames = player->fresh ? 0 : player->ramp_frames;
    const uint32_t knob_frames = player->fresh ? 0 : player->knob_ramp_frames;

    tc_ramp_to(&player->in_gain.ramp, gain_from_db(controls->in_gain_db), frames);
    tc_ramp_to(&player->out_gain.ramp, gain_from_db(controls->out_gain_db), frames);
    tc_ramp_to(&player->dry_amount.ramp, clamp(controls->dry, 0.0f, 1.0f), frames);
    tc_ramp_to(&player->bypass.ramp, controls->bypass > 0.5f ? 1.0f : 0.0f, frames);
    for (unsigned k = 0; k < player->wet.knobs; ++k)
        tc_ramp_to(&player->wet.knob[k], clamp(controls->knob[k], knob[k].min, knob[k].max),
                   knob_frames);
    player->fresh = false;
}

/* ------------------------------------------------------------------ a block of frames */

static void run_ramps(struct tc_player *player, size_t n)
{
    tc_ramp_run(&player->in_gain.ramp, player->in_gain.value, n);
    tc_ramp_run(&player->out_gain.ramp, player->out_gain.value, n);
    tc_ramp_run(&player->dry_amount.ramp, player->dry_amount.value, n);
    tc_ramp_run(&player->bypass.ramp, player->bypass.value, n);
}

/* Into both paths, before any output is written: hosts pass one buffer as both. */
static void take_input(struct tc_player *player, const float *const *in, size_t start, size_t n)
{
    tc_fifo_reserve(&player->dry, n);
    for (unsigned i = 0; i < player->wet.n_inputs; ++i) {
        float *const dry = tc_fifo_end(&player->dry, i), *const wet = player->wet.in[i];

        for (size_t t = 0; t < n; ++t) {
            const float x = tc_finite_or_zero(in[i][start + t]);

            dry[t] = x;
            wet[t] = x * player->in_gain.value[t];
        }
    }
    tc_fifo_push(&player->dry, n);
}

/* From a to b; exactly either at the ends, so that neutral controls change no bit. */
static float blend(float a, float b, float amount)
{
    if (amount == 0.0f)
        return a;
    return amount == 1.0f ? b : a + amount * (b - a);
}

/* Output o of a channel has audio input o as its dry signal, or the first where there are fewer. */
static const float *dry_signal(const struct tc_player *player, unsigned o)
{
    const unsigned inputs = player->wet.inputs, outputs = player->wet.outputs;
    const unsigned input = o % outputs < inputs ? o % outputs : 0;

    return tc_fifo_start(&player->dry, o / outputs * inputs + input);
}

static void give_output(struct tc_player *player, const float *const *wet, float *const *out,
                        size_t start, size_t n)
{
    for (unsigned o = 0; o < player->wet.n_outputs; ++o) {
        const float *const dry = dry_signal(player, o);

        for (size_t t = 0; t < n; ++t) {
            const float y = wet[o][t] * player->out_gain.value[t];
            const float mixed = blend(y, dry[t], player->dry_amount.value[t]);

            out[o][start + t] = tc_finite_or_zero(blend(mixed, dry[t], player->bypass.value[t]));
        }
    }
    tc_fifo_pop(&player->dry, n);
}

void tc_player_process(struct tc_player *player, const struct tc_controls *controls,
                       const float *const *in, float *const *out, size_t n_frames)
{
    const uint64_t mode = tc_denormals_off();

    if (n_frames)
        take_controls(player, controls);
    for (size_t start = 0; start < n_frames; start += TC_PLAYER_BLOCK) {
        const size_t n = n_frames - start < TC_PLAYER_BLOCK ? n_frames - start : TC_PLAYER_BLOCK;

        run_ramps(player, n);
        take_input(player, in, start, n);
        give_output(player, tc_wet_path_process(&player->wet, n), out, start, n);
    }
    tc_denormals_restore(mode);
}
