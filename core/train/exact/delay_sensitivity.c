#include "train/exact/delay_sensitivity.h"

#include <stdlib.h>
#include <string.h>

static const double PI = 3.14159265358979324;
static const double IMPULSE = 1e-4, DECAYED = 1e-5;

enum { FREQUENCIES = 4 }; /* of a band */

/* Both networks together take as long as the way to the fixed point. */
static size_t max_frames(const struct tc_fixed_point *point)
{
    return tc_fixed_point_max_frames(point) / 2 + 1;
}

bool tc_delay_sensitivity_init(struct tc_delay_sensitivity *s, const struct tc_fixed_point *point)
{
    const struct tc_jacobian_network *const network = point->network;
    const size_t frames = max_frames(point);

    *s = (struct tc_delay_sensitivity){.response =
                                           calloc(frames * network->outputs, sizeof *s->response),
                                       .states = calloc(2 * network->states, sizeof *s->states)};
    return s->response && s->states;
}

void tc_delay_sensitivity_free(struct tc_delay_sensitivity *s)
{
    free(s->response);
    free(s->states);
}

/* ------------------------------------------------------------------ the impulse response */

/* Advance by a frame with `impulse` on top of the first audio input, and add the output, times
 * `factor`. */
static void advance(const struct tc_fixed_point *point, double impulse, double *state,
                    double factor, double *output)
{
    struct tc_jacobian_network *const network = point->network;
    const size_t units = network->layer[network->layers - 1].hidden;
    const double at_rest = point->input[0];

    point->input[0] += impulse;
    tc_jacobian_advance(network, point->input, state, NULL);
    point->input[0] = at_rest;
    for (size_t o = 0; o < network->outputs; ++o)
        output[o] +=
            factor * (cblas_ddot((int)units, network->readout + o * units, 1, network->output, 1) +
                      (double)point->model->arch.direct * impulse);
}

static double distance(const double *a, const double *b, size_t n)
{
    double most = 0.0;

    for (size_t i = 0; i < n; ++i)
        most = fmax(most, fabs(a[i] - b[i]));
    return most;
}

/* By central differences, until the states are back at the fixed point; returns its length. */
static size_t find_response(struct tc_delay_sensitivity *s, const struct tc_fixed_point *point)
{
    const size_t n = point->network->states, outputs = point->network->outputs;
    const size_t frames = max_frames(point);
    double *const up = s->states, *const down = s->states + n;
    double now = 1.0, most = 0.0;
    size_t t = 0;

    memcpy(up, point->state, n * sizeof *up);
    memcpy(down, point->state, n * sizeof *down);
    memset(s->response, 0, frames * outputs * sizeof *s->response);
    for (; t < frames && now > DECAYED * most; ++t) {
        const double impulse = t == 0 ? IMPULSE : 0.0;
        double *const h = s->response + t * outputs;

        advance(point, impulse, up, 0.5 / IMPULSE, h);
        advance(point, -impulse, down, -0.5 / IMPULSE, h);
        now = distance(up, down, n);
        most = fmax(most, now);
    }
    return t;
}

/* ------------------------------------------------------------------ at a frequency */

/* The power spectrum of an electric guitar without an amplifier: even up to 1 kHz, then -18 dB per
 * octave. Nothing above 20 kHz. */
static double guitar(double frequency_hz)
{
    const double octaves = frequency_hz / 1000.0;

    return frequency_hz < 20000.0 ? pow(1.0 + octaves * octaves, -3.0) : 0.0;
}

/* Add S |H|^2 and S |dH/dD|^2 of an output at w radians per frame. */
static void add_frequency(const double *h, size_t n, size_t stride, double w, double power,
                          double *output, double *change)
{
    const double real = cos(w), imaginary = -sin(w);
    double x = 1.0, y = 0.0, sum[4] = {0.0};

    for (size_t t = 0; t < n; ++t) {
        const double v = h[t * stride], next = x * real - y * imaginary;

        sum[0] += v * x;
        sum[1] += v * y;
        sum[2] += (double)t * v * x;
        sum[3] += (double)t * v * y;
        y = x * imaginary + y * real;
        x = next;
    }
    *output += power * (sum[0] * sum[0] + sum[1] * sum[1]);
    *change += power * (sum[2] * sum[2] + sum[3] * sum[3]);
}

void tc_delay_sensitivity_add(struct tc_delay_sensitivity *s, const struct tc_fixed_point *point)
{
    const size_t outputs = point->network->outputs, n = find_response(s, point);
    const double rate_hz = point->model->meta.sample_rate_hz;

    for (unsigned k = 0; k < TC_DELAY_BANDS * FREQUENCIES; ++k) {
        const double part = (k + 0.5) / (TC_DELAY_BANDS * FREQUENCIES);
        const double power = guitar(part * rate_hz / 2.0);

        for (size_t o = 0; o < outputs && power > 0.0; ++o)
            add_frequency(s->response + o, n, outputs, PI * part, power, &s->output,
                          &s->change[k / FREQUENCIES]);
    }
}

void tc_delay_sensitivity_end_position(struct tc_delay_sensitivity *s)
{
    for (unsigned j = 0; j < TC_DELAY_BANDS; ++j) {
        s->worst[j] = fmaxf(s->worst[j], (float)(s->change[j] / s->output));
        s->change[j] = 0.0;
    }
    s->output = 0.0;
}

void tc_delay_sensitivity_copy(const struct tc_delay_sensitivity *s, struct tc_model *model)
{
    bool finite = model->meta.sample_rate_hz > 0.0;

    for (unsigned j = 0; j < TC_DELAY_BANDS; ++j)
        finite &= (bool)isfinite(s->worst[j]);
    model->knows_delay_sensitivity = finite;
    if (finite)
        memcpy(model->delay_sensitivity, s->worst, sizeof s->worst);
}
