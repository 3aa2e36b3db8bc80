#include "tasks/effect_sines.h"

#include <math.h>
#include <stdlib.h>

static const double TURN = 2.0 * 3.14159265358979324;
static const double lowest_hz = 200.0, highest_turns = 0.225; /* turns: cycles per frame */
static const double share = 0.5;                              /* of the frames of the recordings */
static const double shortest_s = 0.1, longest_s = 0.5;

enum { MAX_SETTINGS = 16 };

/* A grid of sines: sine i has frequency i / levels and level i % levels. */
struct sine_grid {
    unsigned frequencies, levels;
    double step_db; /* from one level to the next */
    double offset;  /* of the lowest frequency, as a fraction of a step */
};

static const struct sine_grid grids[] = {
    [CLIPS_TRAIN] = {.frequencies = 32, .levels = 4, .step_db = 8.0},
    [CLIPS_VAL] = {.frequencies = 12, .levels = 2, .step_db = 12.0, .offset = 0.5}};

/* Cycles per frame. */
static double frequency(const struct sine_grid *grid, unsigned sine, double rate_hz)
{
    const double lowest = lowest_hz / rate_hz;
    const double step = (double)(sine / grid->levels) + grid->offset;

    return lowest * pow(highest_turns / lowest, step / grid->frequencies);
}

static void fill_sine(const struct sine_grid *grid, unsigned sine, double rate_hz, float *samples,
                      size_t n)
{
    const double turns = frequency(grid, sine, rate_hz);
    const double level = pow(10.0, -grid->step_db * (sine % grid->levels) / 20.0);

    for (size_t i = 0; i < n; ++i)
        samples[i] = (float)(level * sin(TURN * fmod(turns * (double)i, 1.0)));
}

static size_t sine_frames(const struct effect_data *effect)
{
    const struct sine_grid *const grid = &grids[CLIPS_TRAIN];
    const double rate_hz = effect->recordings.rate_hz;
    const double frames = share * clip_set_frames(&effect->recordings.clips[CLIPS_TRAIN]);
    const double each = frames / (grid->frequencies * grid->levels);

    return (size_t)fmin(fmax(each, shortest_s * rate_hz), longest_s * rate_hz);
}

/* A clip with every n_clips-th sine from `first` on, at `samples`; its frames. */
static size_t fill_clip(const struct sine_grid *grid, unsigned first, unsigned n_clips,
                        double rate_hz, size_t n_sine, float *samples)
{
    size_t n = 0;

    for (unsigned sine = first; sine < grid->frequencies * grid->levels; sine += n_clips) {
        fill_sine(grid, sine, rate_hz, samples + n, n_sine);
        n += n_sine;
    }
    return n;
}

static enum tc_status add_clips(struct effect_data *effect, unsigned set, size_t n_sine,
                                struct tc_error *error)
{
    const struct sine_grid *const grid = &grids[set];
    const struct manifest *const manifest = &effect->recordings.manifest;
    const size_t n_rows = manifest->n_rows;
    const unsigned n_clips = (unsigned)(n_rows < MAX_SETTINGS ? n_rows : MAX_SETTINGS);
    float *samples = calloc(grid->frequencies * grid->levels * n_sine, sizeof *samples);
    enum tc_status status = TC_OK;

    effect->sines[set] = samples;
    if (samples == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for sines");
    for (unsigned c = 0; c < n_clips && status == TC_OK; ++c) {
        const float *const knob = manifest->row[c * n_rows / n_clips].knob;
        const size_t n = fill_clip(grid, c, n_clips, effect->recordings.rate_hz, n_sine, samples);
        const struct clip_source source = {.row = &effect->sine_row,
                                           .channel = 1,
                                           .input = {samples},
                                           .n_recorded = n,
                                           .target = samples};

        status = clip_set_append(&effect->recordings.clips[set], &source, knob, n, error);
        samples += n;
    }
    return status;
}

enum tc_status effect_add_sines(struct effect_data *effect, struct tc_error *error)
{
    static char name[] = "sines";
    const size_t n_sine = sine_frames(effect);
    enum tc_status status = TC_OK;

    effect->sine_row = (struct manifest_row){.input = name, .target = name, .is_dry = true};
    for (unsigned set = CLIPS_TRAIN; set <= CLIPS_VAL && status == TC_OK; ++set)
        status = add_clips(effect, set, n_sine, error);
    return status;
}

void effect_sines_free(struct effect_data *effect)
{
    for (unsigned i = 0; i < N_CLIP_SETS; ++i)
        free(effect->sines[i]);
}
