#include "train/health/sensitivity.h"

#include "train/measure/stream_buffers.h"

#include <math.h>
#include <stdlib.h>

enum { V = TC_SENSITIVITY_VARIANTS, CHANNELS = 2 * V };

/* The least energy that a frame of the output counts as, -40 dB of full scale: soft outputs are
 * masked by louder ones of the music they are part of. */
static const double least_energy = 1e-4;

const struct tc_variant tc_variants_of_recordings[V] = {
    {1.0f, false}, {-1.0f, false}, {1.0f, true}, {-1.0f, true}};

/* A stream in which channel 2 v plays variant v, and channel 2 v + 1 the same with noise. */
struct run {
    const struct tc_architecture *arch;
    const struct tc_variant *variant;
    const struct tc_excerpt *excerpt;
    struct tc_stream *stream;
    struct tc_stream_buffers buffers;
    float *input; /* (CHANNELS, inputs, buffers.frames) */
    float *noise; /* (buffers.frames) */
};

static enum tc_status prepare(struct run *run, const struct tc_model *model)
{
    const unsigned inputs = tc_input_buffers(run->arch);
    const enum tc_status status =
        tc_stream_buffers_init(&run->buffers, run->arch, CHANNELS, run->excerpt->knob);
    const size_t frames = run->buffers.frames;

    if (status)
        return status;
    run->input = calloc((CHANNELS * (size_t)inputs + 1) * frames, sizeof *run->input);
    if (!run->input)
        return TC_NO_MEMORY;
    run->noise = run->input + CHANNELS * (size_t)inputs * frames;
    for (size_t i = 0; i < CHANNELS * (size_t)inputs; ++i)
        run->buffers.in[i] = run->input + i * frames;
    return tc_stream_new(&run->stream, model, CHANNELS, NULL);
}

static void release(struct run *run)
{
    tc_stream_free(run->stream);
    free(run->input);
    tc_stream_buffers_done(&run->buffers);
}

/* Fill an input of a variant without noise, and the same with noise. */
static void fill_input(const struct run *run, unsigned v, unsigned i, size_t start, size_t n)
{
    const struct tc_excerpt *const e = run->excerpt;
    const unsigned inputs = tc_input_buffers(run->arch);
    const float *const from = e->input[i];
    const size_t frames = run->buffers.frames, pair = 2 * (size_t)v * inputs + i;
    float *const plain = run->input + pair * frames, *const noisy = plain + inputs * frames;
    const bool is_audio = i < e->audio;
    const float gain = is_audio ? run->variant[v].gain : 1.0f;

    for (size_t t = 0; t < n; ++t) {
        const size_t at = run->variant[v].reversed ? e->n_frames - 1 - start - t : start + t;

        plain[t] = gain * from[e->start + at];
        noisy[t] = is_audio ? plain[t] + run->noise[t] : plain[t];
    }
}

/* All variants get the same noise, uniform, at all inputs. */
static void fill(const struct run *run, struct tc_random *random, size_t start, size_t n)
{
    const double width = sqrt(12.0) * TC_HEALTH_NOISE;

    for (size_t t = 0; t < n; ++t)
        run->noise[t] = (float)(width * (tc_random_uniform(random) - 0.5));
    for (unsigned v = 0; v < V; ++v)
        for (unsigned i = 0; i < tc_input_buffers(run->arch); ++i)
            fill_input(run, v, i, start, n);
}

static void add_output(struct tc_sensitivity *sums, unsigned v, const float *plain,
                       const float *noisy, size_t n)
{
    for (size_t t = 0; t < n; ++t) {
        const double y = (double)plain[t], change = (double)noisy[t] - y;

        sums->output[v] += fmax(y * y, least_energy);
        sums->change[v] += change * change;
    }
}

enum tc_status tc_sensitivity_add(struct tc_sensitivity *sensitivity, const struct tc_model *model,
                                  const struct tc_variant variant[V],
                                  const struct tc_excerpt *excerpt)
{
    struct run run = {.arch = tc_model_architecture(model), .variant = variant, .excerpt = excerpt};
    const enum tc_status status = prepare(&run, model);
    const unsigned outputs = run.arch->outputs;
    size_t n;

    for (size_t start = 0; !status && start < excerpt->n_frames; start += n) {
        const size_t left = excerpt->n_frames - start;

        n = left < run.buffers.frames ? left : run.buffers.frames;
        fill(&run, &sensitivity->random, start, n);
        tc_stream_buffers_process(&run.buffers, run.stream, n);
        for (unsigned v = 0; v < V; ++v)
            for (unsigned o = 0; o < outputs; ++o)
                add_output(sensitivity, v, run.buffers.out[2 * v * outputs + o],
                           run.buffers.out[(2 * v + 1) * outputs + o], n);
    }
    release(&run);
    return status;
}

double tc_sensitivity_db(const struct tc_sensitivity *sensitivity)
{
    double largest = (double)NAN;

    for (unsigned v = 0; v < V; ++v)
        if (sensitivity->output[v] > 0.0)
            largest = fmax(largest, sensitivity->change[v] / sensitivity->output[v]);
    return 10.0 * log10(largest);
}

unsigned tc_audio_without_control(const struct tc_model *model)
{
    return tc_model_architecture(model)->audio_inputs -
           (tc_model_control(model) == TC_CONTROL_AUDIO);
}

size_t tc_excerpt_start(unsigned index, size_t n_frames, size_t *frames)
{
    *frames = n_frames < TC_EXCERPT_FRAMES ? n_frames : TC_EXCERPT_FRAMES;
    return (n_frames - *frames) * (2 * (size_t)index + 1) / (2 * (size_t)TC_EXCERPTS);
}
