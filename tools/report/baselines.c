#include "report/baselines.h"

#include <math.h>

enum { FIR_TAPS = 128 };

enum tc_status measure_init(struct measure *measure, struct tc_error *error)
{
    enum tc_status status;

    *measure = (struct measure){0};
    status = tc_fir_new(&measure->gain, 1, error);
    if (status == TC_OK)
        status = tc_fir_new(&measure->fir, FIR_TAPS, error);
    if (status != TC_OK)
        measure_done(measure);
    return status;
}

void measure_done(struct measure *measure)
{
    tc_fir_free(measure->gain);
    tc_fir_free(measure->fir);
    *measure = (struct measure){0};
}

void measure_baselines(struct measure *measure, const struct tc_clip *clip, size_t warmup)
{
    tc_fir_add(measure->gain, clip->input[0], clip->target[0], clip->n_frames, warmup);
    tc_fir_add(measure->fir, clip->input[0], clip->target[0], clip->n_frames, warmup);
}

void measure_merge_baselines(struct measure *measure, const struct measure *other)
{
    tc_fir_merge(measure->gain, other->gain);
    tc_fir_merge(measure->fir, other->fir);
}

enum tc_status measure_results(const struct measure *measure, struct results *results,
                               struct tc_error *error)
{
    struct results r = {.esr = tc_score_esr(&measure->score),
                        .dc = tc_score_dc(&measure->score),
                        .max_error = measure->score.max_error,
                        .frames = measure->score.frames};
    enum tc_status status = tc_fir_solve(measure->gain, NULL, &r.esr_gain, error);

    if (status == TC_OK)
        status = tc_fir_solve(measure->fir, NULL, &r.esr_fir, error);
    if (status == TC_OK)
        *results = r;
    return status;
}

double esr_db(double esr)
{
    return 10.0 * log10(esr);
}

const char *esr_words(double esr)
{
    if (esr < 0.003)
        return "hard to tell from the device";
    if (esr < 0.01)
        return "very close to the device";
    if (esr < 0.035)
        return "close to the device";
    if (esr < 0.1)
        return "the device's character, with audible differences";
    if (esr < 0.3)
        return "a resemblance: more training, more units or more recordings would help";
    return "not the device: check the recordings and train longer";
}
