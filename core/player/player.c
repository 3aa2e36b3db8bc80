/* How a player's frames go:
 *
 *      in -+- input gain --> wet path (model) -> DC blocker -> output gain -+- dry, bypass --> out
 *          |                                                                |
 *          +- dry path: as many frames later as the wet path is ------------+ */
#include "player/player.h"

#include "decibel.h"
#include "finite.h"
#include "memory.h"
#include "model/model.h"
#include "player/ceiling.h"
#include "player/dc_blocker.h"
#include "player/wet_paths.h"
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
    double rate_hz;       /* of the host */
    uint32_t ramp_frames; /* of the host */
    bool fresh;           /* no controls taken since the reset */
    struct gain in_gain, out_gain, dry_amount, bypass, dc_amount;
    struct tc_wet_paths paths;
    struct tc_wet_path *wet;  /* one of them */
    struct tc_wet_path *next; /* the one to change to once the output has faded out; or NULL */
    struct gain fade;         /* of all output, 1 but during a change of the wet path */
    uint32_t silent_frames;   /* before the output of a new path fades in */
    struct tc_fifo dry;       /* the delay line: starts with as many zeros as there is latency */
    double dc_coefficient;
    struct tc_dc_blocker dc_blocker[]; /* of each output */
};

void tc_controls_init(struct tc_controls *controls, const struct tc_model *model)
{
    *controls = (struct tc_controls){0};
    for (unsigned k = 0; k < model->arch.knobs; ++k)
        controls->knob[k] = model->meta.knob[k].initial;
}

bool tc_player_converts(const struct tc_model *model, double rate_hz)
{
    const double ratio = model->meta.sample_rate_hz / rate_hz;

    return model->meta.sample_rate_hz > 0.0 && rate_hz > 0.0 && ratio != 1.0 &&
           ratio <= TC_MAX_RATE_RATIO && ratio >= 1.0 / TC_MAX_RATE_RATIO;
}

/* ------------------------------------------------------------------ creation */

static enum tc_status check_arguments(const struct tc_model *model, unsigned channels,
                                      double rate_hz, struct tc_error *error)
{
    if (!(rate_hz > 0.0 && rate_hz <= 1e9))
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "a sample rate of %g Hz, expected more than 0, at most 1e9", rate_hz);
    if (channels < 1 || channels > TC_MAX_CHANNELS)
        return tc_fail(error, TC_BAD_ARGUMENT, "%u channels, expected 1 to %d", channels,
                       TC_MAX_CHANNELS);
    if (model->arch.symbols)
        return tc_fail(error, TC_UNSUPPORTED,
                       "the model has an input of %u symbols, a player takes audio alone",
                       model->arch.symbols);
    if (model->arch.audio_inputs > TC_MAX_AUDIO || model->arch.outputs > TC_MAX_AUDIO)
        return tc_fail(error, TC_UNSUPPORTED,
                       "the model has %u audio inputs and %u outputs, a player takes at most %d of "
                       "each",
                       model->arch.audio_inputs, model->arch.outputs, TC_MAX_AUDIO);
    return TC_OK;
}

/* A player without wet paths; NULL if there is no memory. */
static struct tc_player *allocate(const struct tc_model *model, unsigned channels, double rate_hz)
{
    const size_t outputs = (size_t)channels * model->arch.outputs;
    struct tc_player *const player =
        calloc(1, sizeof *player + outputs * sizeof *player->dc_blocker);

    if (!player)
        return NULL;
    player->model = model;
    player->rate_hz = rate_hz;
    player->ramp_frames = tc_ramp_frames(rate_hz);
    player->dc_coefficient = tc_dc_blocker_coefficient(rate_hz);
    player->dry.rows = channels * model->arch.audio_inputs;
    return player;
}

/* The rest of a player whose wet paths were created with this status; freed on failure. */
static enum tc_status finish(struct tc_player *player, enum tc_status status,
                             struct tc_error *error)
{
    if (!status) {
        player->wet = player->paths.choice[0][0];
        player->dry.capacity =
            tc_fifo_capacity(tc_wet_paths_latency_frames(&player->paths) + TC_PLAYER_BLOCK);
        player->dry.samples = tc_floats_new(player->dry.rows * player->dry.capacity);
        if (!player->dry.samples)
            status = tc_fail(error, TC_NO_MEMORY, "out of memory for a player");
    }
    if (status)
        tc_player_free(player);
    else
        tc_player_reset(player);
    return status;
}

enum tc_status tc_player_new(struct tc_player **player, const struct tc_model *model,
                             unsigned channels, double rate_hz, struct tc_error *error)
{
    return tc_player_new_with(player, model, channels, rate_hz, TC_PRECISION_FULL, NULL, error);
}

enum tc_status tc_player_new_with(struct tc_player **player, const struct tc_model *model,
                                  unsigned channels, double rate_hz, enum tc_precision precision,
                                  const struct tc_controls *fixed, struct tc_error *error)
{
    enum tc_status status = check_arguments(model, channels, rate_hz, error);
    struct tc_player *created;

    if (status)
        return status;
    created = allocate(model, channels, rate_hz);
    if (!created)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a player");
    status = tc_wet_paths_init(&created->paths, model, channels, rate_hz, precision, fixed, error);
    status = finish(created, status, error);
    if (!status)
        *player = created;
    return status;
}

enum tc_status tc_player_new_converting(struct tc_player **player, const struct tc_model *model,
                                        unsigned channels, double rate_hz,
                                        struct tc_converter *converter, struct tc_error *error)
{
    const struct tc_wet_setting setting = {.rate_hz = rate_hz, .converter = converter};
    struct tc_player *const created = allocate(model, channels, rate_hz);
    enum tc_status status;

    if (!created)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a player");
    status = tc_wet_paths_init_one(&created->paths, model, channels, &setting, error);
    status = finish(created, status, error);
    if (!status)
        *player = created;
    return status;
}

void tc_player_free(struct tc_player *player)
{
    if (!player)
        return;
    tc_wet_paths_free(&player->paths);
    free(player->dry.samples);
    free(player);
}

/* ------------------------------------------------------------------ state */

static void stop_dc_blockers(struct tc_player *player)
{
    for (unsigned o = 0; o < player->wet->n_outputs; ++o)
        player->dc_blocker[o].running = false;
}

/* Start with a wet path as if nothing had been played. */
static void start_path(struct tc_player *player, struct tc_wet_path *wet)
{
    player->wet = wet;
    tc_wet_path_reset(wet);
    tc_fifo_reset(&player->dry, tc_converter_latency_frames(wet->converter));
}

void tc_player_reset(struct tc_player *player)
{
    start_path(player, player->wet);
    stop_dc_blockers(player);
    tc_ramp_to(&player->fade.ramp, 1.0f, 0);
    player->next = NULL;
    player->silent_frames = 0;
    player->fresh = true;
}

void tc_player_copy_channel(struct tc_player *player, unsigned channel,
                            const struct tc_player *from, unsigned from_channel)
{
    const unsigned inputs = player->wet->inputs, outputs = player->wet->outputs;

    tc_wet_path_copy_channel(player->wet, channel, from->wet, from_channel);
    for (unsigned o = 0; o < outputs; ++o)
        player->dc_blocker[channel * outputs + o] = from->dc_blocker[from_channel * outputs + o];
    for (unsigned i = 0; i < inputs; ++i)
        tc_fifo_copy_row(&player->dry, channel * inputs + i, &from->dry, from_channel * inputs + i);
}

unsigned tc_player_latency_frames(const struct tc_player *player,
                                  const struct tc_controls *controls)
{
    return tc_converter_latency_frames(tc_wet_paths_choose(&player->paths, controls)->converter);
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

/* The gain to NORMAL_DB where it is wanted and the model's loudness is known. */
static float normalising_gain(const struct tc_player *player, const struct tc_controls *controls)
{
    static const float NORMAL_DB = -18.0f;
    const float loudness_db = player->model->meta.loudness_db;

    return controls->normalise > 0.5f && isfinite(loudness_db)
               ? gain_from_db(NORMAL_DB - loudness_db)
               : 1.0f;
}

static void take_knobs(struct tc_player *player, const struct tc_controls *controls, bool at_once)
{
    const struct tc_knob *const knob = player->model->meta.knob;
    struct tc_wet_path *const wet = player->wet;

    for (unsigned k = 0; k < wet->knobs; ++k)
        tc_ramp_to(&wet->knob[k], clamp(controls->knob[k], knob[k].min, knob[k].max),
                   at_once ? 0 : wet->knob_ramp_frames);
}

/* Another wet path is changed to in silence: its latency is another, and its states start anew. */
static void take_path(struct tc_player *player, const struct tc_controls *controls)
{
    struct tc_wet_path *const wanted = tc_wet_paths_choose(&player->paths, controls);

    if (player->fresh && wanted != player->wet)
        start_path(player, wanted);
    else if (wanted != (player->next ? player->next : player->wet)) {
        player->next = wanted == player->wet ? NULL : wanted;
        if (!player->silent_frames)
            tc_ramp_to(&player->fade.ramp, player->next ? 0.0f : 1.0f, player->ramp_frames);
    }
}

static void take_controls(struct tc_player *player, const struct tc_controls *controls)
{
    const uint32_t frames = player->fresh ? 0 : player->ramp_frames;

    take_path(player, controls);
    tc_ramp_to(&player->in_gain.ramp, gain_from_db(controls->in_gain_db), frames);
    tc_ramp_to(&player->out_gain.ramp,
               gain_from_db(controls->out_gain_db) * normalising_gain(player, controls), frames);
    tc_ramp_to(&player->dry_amount.ramp, clamp(controls->dry, 0.0f, 1.0f), frames);
    tc_ramp_to(&player->bypass.ramp, controls->bypass > 0.5f ? 1.0f : 0.0f, frames);
    tc_ramp_to(&player->dc_amount.ramp, controls->dc_blocker > 0.5f ? 1.0f : 0.0f, frames);
    take_knobs(player, controls, player->fresh);
    player->fresh = false;
}

/* ------------------------------------------------------------------ a change of the wet path */

/* The output is silent: change, and stay silent until the new path's output has got in. */
static void change_path(struct tc_player *player, const struct tc_controls *controls)
{
    start_path(player, player->next);
    take_knobs(player, controls, true);
    player->next = NULL;
    player->silent_frames =
        tc_converter_latency_frames(player->wet->converter) + player->ramp_frames;
}

/* Frames up to the next step of a change. */
static size_t frames_to_change(const struct tc_player *player)
{
    if (player->next)
        return player->fade.ramp.remaining;
    return player->silent_frames ? player->silent_frames : SIZE_MAX;
}

static void advance_change(struct tc_player *player, size_t n)
{
    if (!player->silent_frames)
        return;
    player->silent_frames -= (uint32_t)n;
    if (!player->silent_frames)
        tc_ramp_to(&player->fade.ramp, 1.0f, player->ramp_frames);
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
    for (unsigned i = 0; i < player->wet->n_inputs; ++i) {
        float *const dry = tc_fifo_end(&player->dry, i), *const wet = player->wet->in[i];

        for (size_t t = 0; t < n; ++t) {
            const float x = tc_finite_or_zero(in[i][start + t]);

            dry[t] = x;
            wet[t] = x * player->in_gain.value[t];
        }
        if (tc_input_is_control(&player->model->arch, &player->model->meta,
                                i % player->wet->inputs))
            memcpy(wet, dry, n * sizeof *wet);
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
    const unsigned inputs = player->wet->inputs, outputs = player->wet->outputs;
    const unsigned input = o % outputs < inputs ? o % outputs : 0;

    return tc_fifo_start(&player->dry, o / outputs * inputs + input);
}

/* The DC blocker, faded in and out. */
static void block_dc(struct tc_player *player, float *const *wet, size_t n)
{
    if (player->dc_amount.ramp.value == 0.0f && player->dc_amount.ramp.target == 0.0f)
        return;
    tc_ramp_run(&player->dc_amount.ramp, player->dc_amount.value, n);
    for (unsigned o = 0; o < player->wet->n_outputs; ++o) {
        struct tc_dc_blocker *const blocker = &player->dc_blocker[o];

        for (size_t t = 0; t < n; ++t) {
            const float x = wet[o][t], y = tc_dc_blocker_step(blocker, player->dc_coefficient, x);

            wet[o][t] = blend(x, y, player->dc_amount.value[t]);
        }
    }
    if (player->dc_amount.ramp.value == 0.0f)
        stop_dc_blockers(player);
}

static void fade_output(struct tc_player *player, float *const *out, size_t start, size_t n)
{
    if (player->fade.ramp.value == 1.0f && player->fade.ramp.target == 1.0f)
        return;
    tc_ramp_run(&player->fade.ramp, player->fade.value, n);
    for (unsigned o = 0; o < player->wet->n_outputs; ++o)
        for (size_t t = 0; t < n; ++t)
            out[o][start + t] *= player->fade.value[t];
}

static void give_output(struct tc_player *player, float *const *wet, float *const *out,
                        size_t start, size_t n)
{
    for (unsigned o = 0; o < player->wet->n_outputs; ++o) {
        const float *const dry = dry_signal(player, o);

        tc_scale_below_ceiling(wet[o], player->out_gain.value, n);
        for (size_t t = 0; t < n; ++t) {
            const float mixed = blend(wet[o][t], dry[t], player->dry_amount.value[t]);

            out[o][start + t] = tc_finite_or_zero(blend(mixed, dry[t], player->bypass.value[t]));
        }
    }
    tc_fifo_pop(&player->dry, n);
}

static size_t next_block(const struct tc_player *player, size_t remaining)
{
    const size_t to_change = frames_to_change(player);
    const size_t n = remaining < to_change ? remaining : to_change;

    return n < TC_PLAYER_BLOCK ? n : TC_PLAYER_BLOCK;
}

void tc_player_process(struct tc_player *player, const struct tc_controls *controls,
                       const float *const *in, float *const *out, size_t n_frames)
{
    const uint64_t mode = tc_denormals_off();

    if (n_frames)
        take_controls(player, controls);
    for (size_t start = 0, n; start < n_frames; start += n) {
        float *const *wet;

        if (player->next && !player->fade.ramp.remaining)
            change_path(player, controls);
        n = next_block(player, n_frames - start);
        run_ramps(player, n);
        take_input(player, in, start, n);
        wet = tc_wet_path_process(player->wet, n);
        block_dc(player, wet, n);
        give_output(player, wet, out, start, n);
        fade_output(player, out, start, n);
        advance_change(player, n);
    }
    tc_denormals_restore(mode);
}
