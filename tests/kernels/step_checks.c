#include "step_checks.h"

#include <stdlib.h>
#include <string.h>

#include "exact_step.h"

/* The padding has neither weights nor biases: it stays 0, or s(0) for logistic units. */
static void check_padding(const struct kernel_fixture *fixture, size_t t, size_t channel)
{
    const float resting = fixture->layer.activation == TC_LOGISTIC ? 0.5f : 0.0f;

    for (size_t u = fixture->layer.hidden; u < fixture->layer.units; ++u)
        fixture_require(h_at(fixture, t, channel)[u] == resting &&
                            c_at(fixture, channel)[u] == 0.0f,
                        fixture, "padding changed", u, channel);
}

void check_frame(const struct kernel_fixture *fixture, size_t t, bool saturated)
{
    const size_t channels = fixture->layer.channels;
    float *const old_c = support_zeros(fixture->c.n, sizeof *old_c);

    memcpy(old_c, fixture->c.v, fixture->c.n * sizeof *old_c);
    fixture_forward(fixture, t, 1);
    for (size_t channel = 0; channel < channels; ++channel) {
        const struct step step = {fixture->weights, x_at(fixture, t, channel),
                                  h_at(fixture, t, channel), old_c + channel * fixture->layer.units,
                                  saturated};

        for (size_t u = 0; u < fixture->layer.hidden; ++u) {
            struct value c = exact_value(step.c[u]);
            const struct value h = expected_unit(&step, u, &c);

            fixture_require(within(h_at(fixture, t + 1, channel)[u], h), fixture, "h is wrong", u,
                            channel);
            fixture_require(within(c_at(fixture, channel)[u], c), fixture, "c is wrong", u,
                            channel);
        }
        check_padding(fixture, t + 1, channel);
    }
    free(old_c);
}

/* One channel of a fixture alone, in runs of 1, 2, 3 frames and the remaining ones. */
static struct kernel_fixture channel_alone(const struct kernel_fixture *fixture, size_t channel)
{
    struct kernel_fixture alone = fixture_new(fixture->k, fixture->weights, 1, fixture->frames);

    for (size_t t = 0; t < fixture->frames; ++t)
        memcpy(x_at(&alone, t, 0), x_at(fixture, t, channel),
               fixture->layer.inputs * sizeof(float));
    memcpy(alone.h.v, h_at(fixture, 0, channel), fixture->layer.units * sizeof(float));
    memcpy(alone.c.v, c_at(fixture, channel), fixture->layer.units * sizeof(float));
    for (size_t start = 0, n = 1; start < fixture->frames; start += n++)
        fixture_forward(&alone, start, n < fixture->frames - start ? n : fixture->frames - start);
    return alone;
}

void check_channels(const struct tc_kernels *k, const struct tc_layer_weights *weights,
                    size_t channels)
{
    struct kernel_fixture fixture = fixture_random(k, weights, channels, 8), all[16];
    const size_t units = fixture.layer.units;

    for (size_t channel = 0; channel < channels; ++channel)
        all[channel] = channel_alone(&fixture, channel);
    fixture_forward(&fixture, 0, fixture.frames);
    for (size_t channel = 0; channel < channels; ++channel) {
        for (size_t t = 0; t <= fixture.frames; ++t)
            fixture_require(
                support_same(h_at(&fixture, t, channel), h_at(&all[channel], t, 0), units),
                &fixture, "h depends on channels or block sizes", (size_t)0, channel);
        fixture_require(support_same(c_at(&fixture, channel), all[channel].c.v, units), &fixture,
                        "c depends on channels or block sizes", (size_t)0, channel);
        fixture_free(&all[channel]);
    }
    fixture_free(&fixture);
}
