#include "config.h"
#include "report/half_precision_error.h"

#include "measurement/noise.h"

#include <stdlib.h>

enum { BLOCK = 1024, BLOCKS = 32 };

/* Both players with their input and outputs. */
struct comparison {
    struct tc_player *player[2]; /* full, half */
    struct tc_controls controls;
    unsigned inputs, outputs;
    float in[TC_MAX_AUDIO][BLOCK], out[2][TC_MAX_AUDIO][BLOCK];
};

static void play(struct comparison *c, unsigned which)
{
    const float *in[TC_MAX_AUDIO];
    float *out[TC_MAX_AUDIO];

    for (unsigned i = 0; i < TC_MAX_AUDIO; ++i) {
        in[i] = c->in[i];
        out[i] = c->out[which][i];
    }
    tc_player_process(c->player[which], &c->controls, in, out, BLOCK);
}

static double compare(struct comparison *c)
{
    double error = 0.0, energy = 0.0;
    uint32_t random = 1;

    for (unsigned b = 0; b < BLOCKS; ++b) {
        for (unsigned i = 0; i < c->inputs; ++i)
            noise_fill(c->in[i], BLOCK, &random);
        play(c, 0);
        play(c, 1);
        for (unsigned o = 0; o < c->outputs; ++o)
            for (unsigned t = 0; t < BLOCK; ++t) {
                const double y = (double)c->out[0][o][t], d = (double)c->out[1][o][t] - y;

                error += d * d;
                energy += y * y;
            }
    }
    return error > 0.0 ? error / energy : 0.0;
}

enum tc_status half_precision_error_measure(const struct tc_model *model, double rate_hz,
                                            double *esr, struct tc_error *error)
{
    static const enum tc_precision precision[] = {TC_PRECISION_FULL, TC_PRECISION_HALF};
    struct comparison *const c = calloc(1, sizeof *c);
    enum tc_status status = TC_OK;

    if (!c)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    tc_controls_init(&c->controls, model);
    c->inputs = tc_model_architecture(model)->audio_inputs;
    c->outputs = tc_model_architecture(model)->outputs;
    for (unsigned i = 0; status == TC_OK && i < 2; ++i)
        status =
            tc_player_new_with(&c->player[i], model, 1, rate_hz, precision[i], &c->controls, error);
    if (status == TC_OK)
        *esr = compare(c);
    for (unsigned i = 0; i < 2; ++i)
        tc_player_free(c->player[i]);
    free(c);
    return status;
}
