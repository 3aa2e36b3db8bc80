#include <math.h>

#include "tonecell-score.h"
#include "train/measure/cross_entropy.h"

void tc_score_add(struct tc_score *score, const float *target, const float *output, size_t n_frames)
{
    for (size_t i = 0; i < n_frames; ++i) {
        const double t = (double)target[i];
        const double e = t - (double)output[i];

        score->target_energy += t * t;
        score->error_energy += e * e;
        score->target_sum += t;
        score->error_sum += e;
        score->max_error = fmax(score->max_error, fabs(e));
    }
    score->frames += n_frames;
}

void tc_score_add_probabilities(struct tc_score *score, enum tc_readout readout, unsigned outputs,
                                const float *const *target, const float *const *output,
                                size_t n_frames)
{
    score->nats += tc_cross_entropy(readout, outputs, target, output, 0, n_frames);
    score->frames += n_frames;
}

double tc_score_nats(const struct tc_score *score)
{
    return score->frames ? score->nats / (double)score->frames : (double)NAN;
}

double tc_score_esr(const struct tc_score *score)
{
    return score->target_energy > 0.0 ? score->error_energy / score->target_energy : (double)NAN;
}

/* (error_sum / n)^2 / (target_energy / n) */
double tc_score_dc(const struct tc_score *score)
{
    const double n = (double)score->frames;

    return score->target_energy > 0.0
               ? score->error_sum * score->error_sum / (n * score->target_energy)
               : (double)NAN;
}
