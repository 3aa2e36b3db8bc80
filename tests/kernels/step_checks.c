#include "trial_checks.h"

#include <stdlib.h>
#include <string.h>

#include "exact_step.h"

/* The padding has neither weights nor biases: it stays 0, but for logistic units, where it is
 * s(0). */
static void check_padding(const struct trial *trial, size_t t, size_t channel)
{
    const float still = trial->layer.activation == TC_LOGISTIC ? 0.5f : 0.0f;

    for (size_t u = trial->layer.hidden; u < trial->layer.units; ++u)
        trial_require(h_at(trial, t, channel)[u] == still && c_at(trial, channel)[u] == 0.0f, trial,
                      "padding moved", u, channel);
}

void check_frame(const struct trial *trial, size_t t, bool saturated)
{
    const size_t channels = trial->layer.channels;
    float *const old_c = support_zeros(trial->c.n, sizeof *old_c);

    memcpy(old_c, trial->c.v, trial->c.n * sizeof *old_c);
    trial_run(trial, t, 1);
    for (size_t channel = 0; channel < channels; ++channel) {
        const struct step step = {trial->weights, x_at(trial, t, channel), h_at(trial, t, channel),
                                  old_c + channel * trial->layer.units, saturated};

        for (size_t u = 0; u < trial->layer.hidden; ++u) {
            struct value c = known(step.c[u]);
            const struct value h = expected_unit(&step, u, &c);

            trial_require(within(h_at(trial, t + 1, channel)[u], h), trial, "h is wrong", u,
                          channel);
            trial_require(within(c_at(trial, channel)[u], c), trial, "c is wrong", u, channel);
        }
        check_padding(trial, t + 1, channel);
    }
    free(old_c);
}

/* One channel of a trial alone, in runs of 1, 2, 3 frames and what is left. */
static struct trial channel_alone(const struct trial *trial, size_t channel)
{
    struct trial alone = trial_new(trial->k, trial->weights, 1, trial->frames);

    for (size_t t = 0; t < trial->frames; ++t)
        memcpy(x_at(&alone, t, 0), x_at(trial, t, channel), trial->layer.inputs * sizeof(float));
    memcpy(alone.h.v, h_at(trial, 0, channel), trial->layer.units * sizeof(float));
    memcpy(alone.c.v, c_at(trial, channel), trial->layer.units * sizeof(float));
    for (size_t start = 0, n = 1; start < trial->frames; start += n++)
        trial_run(&alone, start, n < trial->frames - start ? n : trial->frames - start);
    return alone;
}

void check_channels(const struct tc_kernels *k, const struct tc_layer_weights *weights,
                    size_t channels)
{
    struct trial trial = trial_random(k, weights, channels, 8), all[16];
    const size_t units = trial.layer.units;

    for (size_t channel = 0; channel < channels; ++channel)
        all[channel] = channel_alone(&trial, channel);
    trial_run(&trial, 0, trial.frames);
    for (size_t channel = 0; channel < channels; ++channel) {
        for (size_t t = 0; t <= trial.frames; ++t)
            trial_require(support_same(h_at(&trial, t, channel), h_at(&all[channel], t, 0), units),
                          &trial, "h depends on channels or cut", (size_t)0, channel);
        trial_require(support_same(c_at(&trial, channel), all[channel].c.v, units), &trial,
                      "c depends on channels or cut", (size_t)0, channel);
        trial_free(&all[channel]);
    }
    trial_free(&trial);
}
