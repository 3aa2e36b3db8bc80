#include "train/health/note_sensitivity.h"

#include "train/health/notes.h"
#include "train/health/sensitivity.h"

#include <math.h>
#include <stdlib.h>

static const double least_s = 0.6;

static enum tc_status play(const struct tc_model *model, const float *const knob[TC_NOTE_PARTS],
                           double peak, const float *const *input, size_t n_frames,
                           struct tc_sensitivity *sums)
{
    const float half = (float)(0.5 * peak), quarter = (float)(0.25 * peak);
    const struct tc_variant variant[TC_SENSITIVITY_VARIANTS] = {
        {half, false}, {-half, false}, {quarter, false}, {-quarter, false}};
    struct tc_excerpt excerpt = {.input = input,
                                 .n_frames = n_frames / TC_NOTE_PARTS,
                                 .audio = tc_audio_without_control(model)};
    enum tc_status status = TC_OK;

    for (unsigned p = 0; p < TC_NOTE_PARTS && !status; ++p) {
        excerpt.start = p * excerpt.n_frames;
        excerpt.knob = knob[p];
        status = tc_sensitivity_add(sums, model, variant, &excerpt);
    }
    return status;
}

enum tc_status tc_note_sensitivity(const struct tc_model *model,
                                   const float *const knob[TC_NOTE_PARTS], double rate_hz,
                                   double peak, size_t n_frames, double *db)
{
    const unsigned inputs = tc_model_architecture(model)->audio_inputs;
    const unsigned audio = tc_audio_without_control(model);
    struct tc_sensitivity sums = {.random = {0}};
    const float **input;
    float *notes;
    enum tc_status status = TC_NO_MEMORY;

    *db = (double)NAN;
    if ((double)n_frames < least_s * rate_hz)
        return TC_OK;
    input = calloc(inputs, sizeof *input);
    notes = calloc(2 * n_frames, sizeof *notes);
    if (input && notes) {
        tc_notes_fill(notes, n_frames, rate_hz);
        for (unsigned i = 0; i < inputs; ++i)
            input[i] = i < audio ? notes : notes + n_frames;
        status = play(model, knob, peak, input, n_frames, &sums);
    }
    if (!status)
        *db = tc_sensitivity_db(&sums);
    free(notes);
    free(input);
    return status;
}
