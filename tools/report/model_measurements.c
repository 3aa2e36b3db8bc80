#include "config.h"
#include "report/model_measurements.h"

#include "report/half_precision_error.h"
#include "bench/noise.h"
#include "cli/now.h"
#include "bench/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_FRAMES = 1024, MAX_TIMINGS = 512 };

static const double TIMED_S = 0.2, USUAL_RATE_HZ = 48000.0;

/* ------------------------------------------------------------------------- looking */

static bool is_start_state(const struct tc_tensor *tensor)
{
    return strncmp(tensor->name, "rec.h0", 6) == 0 || strncmp(tensor->name, "rec.c0", 6) == 0;
}

static bool is_zero(const float *values, size_t n)
{
    while (n > 0 && values[n - 1] == 0.0f)
        --n;
    return n == 0;
}

static void look_at_tensors(const struct tc_model *model, struct findings *found)
{
    struct tc_tensor tensor[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(tc_model_architecture(model), tensor, NULL);
    const float *const values = tc_model_parameters(model);

    for (unsigned t = 0; t < n; ++t) {
        const size_t size = tensor[t].rows * tensor[t].cols;

        if (!is_start_state(&tensor[t]))
            found->weights[tensor[t].layer] += size;
        else if (!is_zero(values + tensor[t].offset, size))
            found->stored = true;
    }
}

/* ------------------------------------------------------------------------- playing */

/* A player of one channel with its blocks. */
struct bench {
    struct tc_player *player;
    struct tc_controls controls;
    float samples[2 * TC_MAX_AUDIO][BLOCK_FRAMES];
    const float *in[TC_MAX_AUDIO];
    float *out[TC_MAX_AUDIO];
};

static void play_block(struct bench *bench)
{
    tc_player_process(bench->player, &bench->controls, bench->in, bench->out, BLOCK_FRAMES);
}

/* What an output did so far. Sums are of differences from the first sample that counts, so that a
 * constant output has no noise at all. */
struct quiet {
    double low, high, from, sum, squares;
    unsigned n;
};

static void hear_block(const float *samples, bool counts, struct quiet *quiet)
{
    for (unsigned i = 0; i < BLOCK_FRAMES; ++i) {
        const double y = (double)samples[i];

        quiet->low = fmin(quiet->low, y);
        quiet->high = fmax(quiet->high, y);
        if (!counts)
            continue;
        if (quiet->n++ == 0)
            quiet->from = y;
        quiet->sum += y - quiet->from;
        quiet->squares += (y - quiet->from) * (y - quiet->from);
    }
}

static void hear_silence(struct bench *bench, unsigned outputs, struct findings *found)
{
    struct quiet quiet[TC_MAX_AUDIO];
    const unsigned blocks = (unsigned)(found->rate_hz / BLOCK_FRAMES) + 1;

    for (unsigned o = 0; o < outputs; ++o)
        quiet[o] = (struct quiet){.low = (double)INFINITY, .high = (double)-INFINITY};
    for (unsigned b = 0; b < blocks; ++b) {
        play_block(bench);
        for (unsigned o = 0; o < outputs; ++o)
            hear_block(bench->out[o], b >= blocks / 2, &quiet[o]);
    }
    for (unsigned o = 0; o < outputs; ++o) {
        const double mean = quiet[o].sum / quiet[o].n;

        found->silence[o] = quiet[o].from + mean;
        found->noise[o] = sqrt(fmax(quiet[o].squares / quiet[o].n - mean * mean, 0.0));
        found->drift = fmax(found->drift, quiet[o].high - quiet[o].low);
    }
}

/* The median over blocks of noise: other programs may have disturbed some of them. */
static void time_noise(struct bench *bench, unsigned inputs, struct findings *found)
{
    double timing[MAX_TIMINGS];
    const double begin = now_s();
    uint32_t random = 1;
    size_t n = 0;

    for (unsigned a = 0; a < inputs; ++a)
        noise_fill(bench->samples[a], BLOCK_FRAMES, &random);
    while (n < MAX_TIMINGS && (n == 0 || now_s() - begin < TIMED_S)) {
        const double start = now_s();

        play_block(bench);
        timing[n++] = now_s() - start;
    }
    found->ns_per_sample = 1e9 * quantile(timing, n, 0.5) / BLOCK_FRAMES;
    found->core_percent = found->ns_per_sample * found->rate_hz * 1e-7;
}

enum tc_status findings_measure(const struct tc_model *model, struct findings *found,
                                struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const double rate_hz = tc_model_metadata(model)->sample_rate_hz;
    struct bench *const bench = calloc(1, sizeof *bench);
    enum tc_status status;

    *found = (struct findings){.rate_hz = rate_hz > 0.0 ? rate_hz : USUAL_RATE_HZ};
    if (!bench)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    look_at_tensors(model, found);
    for (unsigned i = 0; i < TC_MAX_AUDIO; ++i) {
        bench->in[i] = bench->samples[i];
        bench->out[i] = bench->samples[TC_MAX_AUDIO + i];
    }
    tc_controls_init(&bench->controls, model);
    status = tc_player_new(&bench->player, model, 1, found->rate_hz, error);
    if (status == TC_OK) {
        hear_silence(bench, arch->outputs, found);
        time_noise(bench, arch->audio_inputs, found);
        tc_player_free(bench->player);
        status = settling_measure(model, found->rate_hz, &found->settling, error);
    }
    if (status == TC_OK)
        status = half_error_measure(model, found->rate_hz, &found->half_esr, error);
    free(bench);
    return status;
}
