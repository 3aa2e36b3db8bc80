#include "trial_checks.h"

#include <stdlib.h>
#include <string.h>

#include "exact_step.h"

/* The padding has neither weights nor biases: it stays 0, but for logistic units, where it is
 * s(0). */
static void check_padding(const struct trial *trial, size_t t, size_t lane)
{
    const float still = trial->layer.activation == TC_LOGISTIC ? 0.5f : 0.0f;

    for (size_t u = trial->layer.hidden; u < trial->layer.units; ++u)
        trial_require(h_at(trial, t, lane)[u] == still && c_at(trial, lane)[u] == 0.0f, trial,
                      "padding moved", u, lane);
}

void check_frame(const struct trial *trial, size_t t, bool saturated)
{
    const size_t lanes = trial->layer.lanes;
    float *const old_c = support_zeros(trial->c.n, sizeof *old_c);

    memcpy(old_c, trial->c.v, trial->c.n * sizeof *old_c);
    trial_run(trial, t, 1);
    for (size_t lane = 0; lane < lanes; ++lane) {
        const struct step step = {trial->weights, x_at(trial, t, lane), h_at(trial, t, lane),
                                  old_c + lane * trial->layer.units, saturated};

        for (size_t u = 0; u < trial->layer.hidden; ++u) {
            struct value c = known(step.c[u]);
            const struct value h = expected_unit(&step, u, &c);

            trial_require(within(h_at(trial, t + 1, lane)[u], h), trial, "h is wrong", u, lane);
            trial_require(within(c_at(trial, lane)[u], c), trial, "c is wrong", u, lane);
        }
        check_padding(trial, t + 1, lane);
    }
    free(old_c);
}

/* One lane of a trial alone, in runs of 1, 2, 3 frames and what is left. */
static struct trial lane_alone(const struct trial *trial, size_t lane)
{
    struct trial alone = trial_new(trial->k, trial->weights, 1, trial->frames);

    for (size_t t = 0; t < trial->frames; ++t)
        memcpy(x_at(&alone, t, 0), x_at(trial, t, lane), trial->layer.inputs * sizeof(float));
    memcpy(alone.h.v, h_at(trial, 0, lane), trial->layer.units * sizeof(float));
    memcpy(alone.c.v, c_at(trial, lane), trial->layer.units * sizeof(float));
    for (size_t start = 0, n = 1; start < trial->frames; start += n++)
        trial_run(&alone, start, n < trial->frames - start ? n : trial->frames - start);
    return alone;
}

void check_lanes(const struct tc_kernels *k, const struct tc_layer_weights *weights, size_t lanes)
{
    struct trial trial = trial_random(k, weights, lanes, 8), all[16];
    const size_t units = trial.layer.units;

    for (size_t lane = 0; lane < lanes; ++lane)
        all[lane] = lane_alone(&trial, lane);
    trial_run(&trial, 0, trial.frames);
    for (size_t lane = 0; lane < lanes; ++lane) {
        for (size_t t = 0; t <= trial.frames; ++t)
            trial_require(support_same(h_at(&trial, t, lane), h_at(&all[lane], t, 0), units),
                          &trial, "h depends on lanes or cut", (size_t)0, lane);
        trial_require(support_same(c_at(&trial, lane), all[lane].c.v, units), &trial,
                      "c depends on lanes or cut", (size_t)0, lane);
        trial_free(&all[lane]);
    }
    trial_free(&trial);
}
