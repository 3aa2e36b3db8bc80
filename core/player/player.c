#include "decibel.h"
#include "finite.h"
#include "memory.h"
#include "model/model.h"
#include "player/ramp.h"
#include "stream/denormals.h"

#include <math.h>
#include <stdlib.h>

/* The inner block: long enough to hide its overhead, short enough to stay in the first cache. */
enum { BLOCK = 64 };

static const double glide_s = 0.02;

struct tc_player {
    const struct tc_model *model;
    struct tc_stream *stream;
    unsigned channels, inputs, outputs; /* inputs, outputs: of all channels together */
    uint32_t glide_frames;
    bool fresh; /* no controls seen since the reset */
    struct tc_ramp in_gain, out_gain, dry, bypass, knob[TC_MAX_KNOBS];

    /* Planar blocks of BLOCK frames and the pointers to them. */
    float *dry_block[TC_MAX_CHANNELS * TC_MAX_AUDIO];
    float *in_block[TC_MAX_CHANNELS * TC_MAX_AUDIO];
    float *out_block[TC_MAX_CHANNELS * TC_MAX_AUDIO];
    float *knob_block[TC_MAX_KNOBS];
    float in_gain_block[BLOCK], out_gain_block[BLOCK], dry_amount[BLOCK], bypass_amount[BLOCK];
    float *memory;
};

void tc_controls_init(struct tc_controls *controls, const struct tc_model *model)
{
    *controls = (struct tc_controls){0};
    for (unsigned k = 0; k < model->arch.knobs; ++k)
        controls->knob[k] = model->meta.knob[k].initial;
}

static void lay_out(struct tc_player *player, struct tc_carver *carver)
{
    for (unsigned i = 0; i < player->inputs; ++i) {
        player->dry_block[i] = tc_carve(carver, BLOCK);
        player->in_block[i] = tc_carve(carver, BLOCK);
    }
    for (unsigned o = 0; o < player->outputs; ++o)
        player->out_block[o] = tc_carve(carver, BLOCK);
    for (unsigned k = 0; k < player->model->arch.knobs; ++k)
        player->knob_block[k] = tc_carve(carver, BLOCK);
}

static enum tc_status allocate(struct tc_player *player, enum tc_precision precision,
                               struct tc_error *error)
{
    const struct tc_architecture *const arch = &player->model->arch;
    const enum tc_status status = tc_stream_new_with(&player->stream, player->model,
                                                     player->channels, NULL, precision, error);
    struct tc_carver carver = {0};

    if (status)
        return status;
    player->inputs = player->channels * arch->audio_inputs;
    player->outputs = player->channels * arch->outputs;
    lay_out(player, &carver);
    player->memory = tc_floats_new(carver.used);
    if (!player->memory)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a player of %u channels",
                       player->channels);
    carver = (struct tc_carver){.base = player->memory};
    lay_out(player, &carver);
    return TC_OK;
}

enum tc_status tc_player_new(struct tc_player **player, const struct tc_model *model,
                             unsigned channels, double rate_hz, struct tc_error *error)
{
    return tc_player_new_with(player, model, channels, rate_hz, TC_PRECISION_FULL, error);
}

enum tc_status tc_player_new_with(struct tc_player **player, const struct tc_model *model,
                                  unsigned channels, double rate_hz, enum tc_precision precision,
                                  struct tc_error *error)
{
    struct tc_player *made;
    enum tc_status status;

    if (!(rate_hz > 0.0 && rate_hz <= 1e9))
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "a sample rate of %g Hz, expected more than 0, at most 1e9", rate_hz);
    made = calloc(1, sizeof *made);
    if (!made)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a player");
    made->model = model;
    made->channels = channels;
    made->glide_frames = (uint32_t)fmax(1.0, glide_s * rate_hz);
    status = allocate(made, precision, error);
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
    tc_stream_free(player->stream);
    free(player->memory);
    free(player);
}

void tc_player_reset(struct tc_player *player)
{
    tc_stream_reset(player->stream);
    player->fresh = true;
}

void tc_player_copy_channel(struct tc_player *player, unsigned channel,
                            const struct tc_player *from, unsigned from_channel)
{
    tc_stream_copy_channel(player->stream, channel, from->stream, from_channel);
}

/* NaN becomes the lower bound. */
static float clamp(float v, float low, float high)
{
    return fminf(fmaxf(v, low), high);
}

static float gain_from_db(float gain_db)
{
    return tc_gain_from_db(clamp(gain_db, TC_GAIN_MIN_DB, TC_GAIN_MAX_DB));
}

static void steer(const struct tc_player *player, struct tc_ramp *ramp, float v)
{
    if (player->fresh)
        tc_ramp_set(ramp, v);
    else
        tc_ramp_to(ramp, v, player->glide_frames);
}

static void take_controls(struct tc_player *player, const struct tc_controls *controls)
{
    const struct tc_knob *const knob = player->model->meta.knob;

    steer(player, &player->in_gain, gain_from_db(controls->in_gain_db));
    steer(player, &player->out_gain, gain_from_db(controls->out_gain_db));
    steer(player, &player->dry, clamp(controls->dry, 0.0f, 1.0f));
    steer(player, &player->bypass, controls->bypass > 0.5f ? 1.0f : 0.0f);
    for (unsigned k = 0; k < player->model->arch.knobs; ++k)
        steer(player, &player->knob[k], clamp(controls->knob[k], knob[k].min, knob[k].max));
    player->fresh = false;
}

static void run_ramp(struct tc_ramp *ramp, float *block, size_t n)
{
    for (size_t t = 0; t < n; ++t)
        block[t] = tc_ramp_next(ramp);
}

static void run_ramps(struct tc_player *player, size_t n)
{
    run_ramp(&player->in_gain, player->in_gain_block, n);
    run_ramp(&player->out_gain, player->out_gain_block, n);
    run_ramp(&player->dry, player->dry_amount, n);
    run_ramp(&player->bypass, player->bypass_amount, n);
    for (unsigned k = 0; k < player->model->arch.knobs; ++k)
        run_ramp(&player->knob[k], player->knob_block[k], n);
}

/* The input is copied before any output is written: hosts pass one buffer as both. */
static void take_input(struct tc_player *player, const float *const *in, size_t start, size_t n)
{
    for (unsigned i = 0; i < player->inputs; ++i)
        for (size_t t = 0; t < n; ++t) {
            const float x = tc_finite_or_zero(in[i][start + t]);

            player->dry_block[i][t] = x;
            player->in_block[i][t] = x * player->in_gain_block[t];
        }
}

/* From a to b; exactly either at the ends, so that neutral controls change no bit. */
static float blend(float a, float b, float amount)
{
    if (amount == 0.0f)
        return a;
    return amount == 1.0f ? b : a + amount * (b - a);
}

static void give_output(struct tc_player *player, float *const *out, size_t start, size_t n)
{
    const unsigned audio = player->model->arch.audio_inputs, outputs = player->model->arch.outputs;

    for (unsigned o = 0; o < player->outputs; ++o) {
        const unsigned channel = o / outputs, source = o % outputs < audio ? o % outputs : 0;
        const float *const dry = player->dry_block[channel * audio + source];

        for (size_t t = 0; t < n; ++t) {
            const float wet = player->out_block[o][t] * player->out_gain_block[t];
            const float mixed = blend(wet, dry[t], player->dry_amount[t]);

            out[o][start + t] = tc_finite_or_zero(blend(mixed, dry[t], player->bypass_amount[t]));
        }
    }
}

void tc_player_process(struct tc_player *player, const struct tc_controls *controls,
                       const float *const *in, float *const *out, size_t n_frames)
{
    const uint64_t mode = tc_denormals_off();

    if (n_frames)
        take_controls(player, controls);
    for (size_t start = 0; start < n_frames; start += BLOCK) {
        const size_t n = n_frames - start < BLOCK ? n_frames - start : BLOCK;

        run_ramps(player, n);
        take_input(player, in, start, n);
        tc_stream_process(player->stream, (const float *const *)player->in_block,
                          (const float *const *)player->knob_block, player->out_block, n);
        give_output(player, out, start, n);
    }
    tc_denormals_restore(mode);
}

unsigned tc_player_latency_frames(const struct tc_player *player)
{
    (void)player;
    return 0;
}
