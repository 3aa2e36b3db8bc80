#include "made_up_pair.h"

#include "train/align/warp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double RATE_HZ = 44100.0, PI = 3.14159265358979324;

static void *allocated(size_t size)
{
    void *const memory = malloc(size);

    if (memory == NULL)
        ck_abort_msg("no memory");
    return memory;
}

/* ------------------------------------------------------------------ music */

/* A plucked note: decaying partials, each a rotating phasor. */
static void add_note(struct support_random *random, float *out, size_t n)
{
    const double f = 60.0 * exp2((double)support_uniform(random, 0.0f, 4.0f));
    const double level = pow(10.0, (double)support_uniform(random, -1.5f, -0.2f));
    const double seconds = (double)support_uniform(random, 0.1f, 0.8f);
    const unsigned partials = 3 + (unsigned)support_uniform(random, 0.0f, 12.0f);

    for (unsigned p = 1; p <= partials && f * p < 0.4 * RATE_HZ; ++p) {
        const double w = 2.0 * PI * f * p * (1.0 + 2e-4 * p * p) / RATE_HZ;
        const double decay = exp(-(1.0 + 0.3 * p) / (seconds * RATE_HZ));
        const double turn_r = decay * cos(w), turn_i = decay * sin(w);
        double r = 0.0, i = level / (p * 2.0);

        for (size_t k = 0; k < n; ++k) {
            const double next = r * turn_r - i * turn_i;

            i = r * turn_i + i * turn_r;
            r = next;
            out[k] += (float)(r * fmin(1.0, (double)k / 40.0));
        }
    }
}

/* The noise of a pick, or a drum. */
static void add_hit(struct support_random *random, float *out, size_t n, float level)
{
    const float decay =
        (float)exp(-1.0 / (RATE_HZ * (double)support_uniform(random, 0.002f, 0.05f)));

    for (size_t k = 0; k < n && level > 1e-5f; ++k, level *= decay)
        out[k] += support_uniform(random, -level, level);
}

static void play(struct support_random *random, float *out, size_t n)
{
    size_t at = (size_t)support_uniform(random, 1000.0f, 30000.0f);

    memset(out, 0, n * sizeof *out);
    while (at < n) {
        const size_t length = (size_t)(RATE_HZ * (double)support_uniform(random, 0.08f, 0.5f));
        const size_t left = n - at, rings = length * 2 < left ? length * 2 : left;
        const bool rest = support_uniform(random, 0.0f, 1.0f) < 0.08f;

        if (!rest) {
            add_note(random, out + at, rings);
            add_hit(random, out + at, rings, support_uniform(random, 0.0f, 0.15f));
        }
        at += length;
    }
    for (size_t i = 0; i < n; ++i)
        out[i] = fminf(fmaxf(out[i], -1.0f), 1.0f);
}

/* ------------------------------------------------------------------ gear */

struct biquad {
    double b0, b1, b2, a1, a2;
};

/* From: Bristow-Johnson, Cookbook formulae for audio EQ: peaking equaliser. Minimum phase. */
static struct biquad peaking(double f_hz, double q, double gain_db)
{
    const double a = pow(10.0, gain_db / 40.0), w = 2.0 * PI * f_hz / RATE_HZ;
    const double alpha = sin(w) / (2.0 * q), a0 = 1.0 + alpha / a;

    return (struct biquad){(1.0 + alpha * a) / a0, -2.0 * cos(w) / a0, (1.0 - alpha * a) / a0,
                           -2.0 * cos(w) / a0, (1.0 - alpha / a) / a0};
}

static void filter(const struct biquad *q, float *samples, size_t n)
{
    double x1 = 0.0, x2 = 0.0, y1 = 0.0, y2 = 0.0;

    for (size_t i = 0; i < n; ++i) {
        const double x = (double)samples[i];
        const double y = q->b0 * x + q->b1 * x1 + q->b2 * x2 - q->a1 * y1 - q->a2 * y2;

        x2 = x1;
        x1 = x;
        y2 = y1;
        y1 = y;
        samples[i] = (float)y;
    }
}

/* y += a (x - y): an RC low-pass. */
static void low_pass(double f_hz, float *samples, size_t n)
{
    const double a = 1.0 - exp(-2.0 * PI * f_hz / RATE_HZ);
    double y = 0.0;

    for (size_t i = 0; i < n; ++i) {
        y += a * ((double)samples[i] - y);
        samples[i] = (float)y;
    }
}

static double between(struct support_random *random, double low, double high)
{
    return low + (high - low) * (double)support_uniform(random, 0.0f, 1.0f);
}

static double log_between(struct support_random *random, double low, double high)
{
    return low * pow(high / low, (double)support_uniform(random, 0.0f, 1.0f));
}

static void equalise(struct support_random *random, float *samples, size_t n)
{
    const unsigned bands = 1 + (unsigned)between(random, 0.0, 2.99);

    for (unsigned i = 0; i < bands; ++i) {
        const struct biquad q =
            peaking(log_between(random, 80.0, 8000.0), log_between(random, 0.4, 3.0),
                    between(random, -14.0, 14.0));

        filter(&q, samples, n);
    }
    low_pass(log_between(random, 3000.0, 15000.0), samples, n);
}

static void overdrive(struct support_random *random, float *samples, size_t n)
{
    const double gain = log_between(random, 1.5, 30.0), bias = between(random, -0.3, 0.3);

    for (size_t i = 0; i < n; ++i)
        samples[i] = (float)(0.6 * (tanh(gain * (double)samples[i] + bias) - tanh(bias)));
    low_pass(log_between(random, 2500.0, 12000.0), samples, n);
}

/* Feed-forward, of the peak level, with attack and release. */
static void compress(struct support_random *random, float *samples, size_t n)
{
    const double threshold = log_between(random, 0.02, 0.3), ratio = between(random, 2.0, 20.0);
    const double attack = 1.0 - exp(-1.0 / (RATE_HZ * log_between(random, 0.0005, 0.03)));
    const double release = 1.0 - exp(-1.0 / (RATE_HZ * log_between(random, 0.03, 0.5)));
    double level = 0.0;

    for (size_t i = 0; i < n; ++i) {
        const double size = fabs((double)samples[i]);

        level += (size > level ? attack : release) * (size - level);
        if (level > threshold)
            samples[i] *= (float)pow(level / threshold, 1.0 / ratio - 1.0);
    }
}

/* ------------------------------------------------------------------ recording */

double made_up_wander(const struct made_up_pair *pair, double frame)
{
    double sum = 0.0;

    for (unsigned i = 0; i < WANDER_SINES && pair->wander > 0.0; ++i)
        sum += sin(2.0 * PI * pair->wander_hz[i] * frame / RATE_HZ + pair->wander_phase[i]);
    return pair->wander * sqrt(2.0 / WANDER_SINES) * sum;
}

/* The frame of the input that frame m of the target belongs to: wander changes slowly, so that it
 * converges. */
static double input_frame(const struct made_up_pair *pair, double m)
{
    const double drift = 1.0 + 1e-6 * pair->drift_ppm;
    double n = (m - pair->delay) / drift;

    for (unsigned i = 0; i < 4 && pair->wander > 0.0; ++i)
        n = (m - pair->delay - made_up_wander(pair, n)) / drift;
    return n;
}

/* target[n + delay + drift n + wander(n)] = device[n] */
static void record(struct made_up_pair *pair, const float *device)
{
    const size_t n = pair->n_frames;
    struct align_warp *const warp = allocated(sizeof *warp);

    align_warp_init(warp);
    for (size_t m = 0; m < n; ++m) {
        const double at = input_frame(pair, (double)m);
        const double first = floor(at) - WARP_BEFORE;

        pair->target[m] = first >= 0.0 && first + WARP_TAPS + 1.0 < (double)n
                              ? align_warp_at(warp, device + (size_t)first, at - floor(at))
                              : 0.0f;
    }
    free(warp);
}

static void add_noise(struct support_random *random, struct made_up_pair *pair)
{
    double energy = 0.0;
    float level;

    for (size_t i = 0; i < pair->n_frames; ++i)
        energy += (double)pair->target[i] * (double)pair->target[i];
    /* Uniform noise within +-1 has an RMS of 1 / sqrt(3). */
    level = (float)(sqrt(3.0 * energy / (double)pair->n_frames) * pow(10.0, pair->noise_db / 20.0));
    for (size_t i = 0; i < pair->n_frames; ++i)
        pair->target[i] += support_uniform(random, -level, level);
}

static void add_pop(struct support_random *random, struct made_up_pair *pair)
{
    const size_t at = (size_t)between(random, 0.0, (double)pair->n_frames - 100.0);
    const size_t length = 1 + (size_t)between(random, 0.0, 8.0);
    const float level = (float)log_between(random, 1.0, support_bits(random) % 4 ? 10.0 : 1e30);

    for (size_t i = at; i < at + length; ++i)
        pair->target[i] = i % 2 ? -level : level;
}

static void draw(struct support_random *random, const struct pair_limits *limits,
                 struct made_up_pair *pair)
{
    const double most = 0.6 * (double)pair->n_frames;
    const double max_delay = limits->max_delay < most ? limits->max_delay : most;

    pair->gear = (enum gear)(support_bits(random) % N_GEAR);
    pair->delay = between(random, -max_delay, max_delay);
    if (support_bits(random) % 4 == 0)
        pair->delay = between(random, -3000.0, 3000.0);
    pair->drift_ppm =
        support_bits(random) % 4 == 0 ? 0.0 : between(random, -1.0, 1.0) * limits->max_drift_ppm;
    pair->noise_db = between(random, -60.0, -20.0);
    pair->inverted = support_bits(random) % 2;
    pair->pop = support_bits(random) % 2;
    if (limits->max_wander > 0.0)
        pair->wander = between(random, 0.5, 1.0) * limits->max_wander;
    for (unsigned i = 0; i < WANDER_SINES && pair->wander > 0.0; ++i) {
        pair->wander_hz[i] = log_between(random, limits->min_wander_hz, limits->max_wander_hz);
        pair->wander_phase[i] = between(random, 0.0, 2.0 * PI);
    }
}

struct made_up_pair made_up_pair_new(uint64_t seed, const struct pair_limits *limits)
{
    static void (*const play_through[N_GEAR])(struct support_random *, float *,
                                              size_t) = {equalise, overdrive, compress};
    struct support_random random = {seed};
    const double seconds = between(&random, limits->seconds_from, limits->seconds_to);
    struct made_up_pair pair = {.n_frames = (size_t)(seconds * RATE_HZ)};
    float *device;

    draw(&random, limits, &pair);
    pair.input = allocated(pair.n_frames * sizeof *pair.input);
    pair.target = allocated(pair.n_frames * sizeof *pair.target);
    device = allocated(pair.n_frames * sizeof *device);
    play(&random, pair.input, pair.n_frames);
    memcpy(device, pair.input, pair.n_frames * sizeof *device);
    play_through[pair.gear](&random, device, pair.n_frames);
    for (size_t i = 0; i < pair.n_frames && pair.inverted; ++i)
        device[i] = -device[i];
    record(&pair, device);
    free(device);
    add_noise(&random, &pair);
    if (pair.pop)
        add_pop(&random, &pair);
    return pair;
}

void made_up_pair_free(struct made_up_pair *pair)
{
    free(pair->input);
    free(pair->target);
}

const char *made_up_pair_name(const struct made_up_pair *pair, char text[128])
{
    static const char *const gear[N_GEAR] = {"filter", "overdrive", "compressor"};

    snprintf(text, 128, "%s of %.1f s: delay %.2f, drift %.2f ppm, wander %.1f, noise %.0f dB%s%s",
             gear[pair->gear], (double)pair->n_frames / RATE_HZ, pair->delay, pair->drift_ppm,
             pair->wander, pair->noise_db, pair->inverted ? ", inverted" : "",
             pair->pop ? ", a pop" : "");
    return text;
}
