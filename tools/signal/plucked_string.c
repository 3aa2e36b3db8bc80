#include "signal/plucked_string.h"

#include <math.h>

/* Where the high decay time counts, and what it is. */
static const double HIGH_HZ = 3000.0, HIGH_DECAY_S = 2.5, MUTED_HIGH_DECAY_S = 0.05;

/* Time constant of a bend. */
static const double BEND_S = 0.12;

static const double TURN = 2.0 * 3.14159265358979324;

struct loop {
    double gain, a;      /* of the loss filter */
    double filter_delay; /* its phase delay at the string's frequency, in frames */
    double period, last_period, glide;
    double last; /* output of the loss filter */
};

/* Gain of one period, if a partial is 60 dB down after decay_s. */
static double period_gain(double frequency_hz, double decay_s)
{
    return pow(0.001, 1.0 / (frequency_hz * decay_s));
}

/* The pole a for which |H| = r at a frequency, relative to that at 0:
 *
 *     (1 - a)^2 = r^2 (1 - 2 a cos w + a^2)
 *
 * of whose two solutions, each the inverse of the other, the smaller one is stable. */
static double loss_pole(double r, double w)
{
    const double c = cos(w), square = r * r;

    return (1.0 - square) / (1.0 - square * c + r * sqrt((1.0 - c) * (2.0 - square * (1.0 + c))));
}

static struct loop make_loop(const struct pluck *pluck, double rate_hz)
{
    const double f = pluck->frequency_hz, w = TURN * f / rate_hz;
    const double high_hz = fmin(fmax(HIGH_HZ, 2.0 * f), 0.45 * rate_hz);
    const double high_decay_s = pluck->muted ? MUTED_HIGH_DECAY_S : HIGH_DECAY_S;
    struct loop loop = {.gain = period_gain(f, pluck->decay_s), .period = rate_hz / f};

    loop.a =
        loss_pole(fmin(period_gain(f, high_decay_s) / loop.gain, 1.0), TURN * high_hz / rate_hz);
    loop.filter_delay = atan2(loop.a * sin(w), 1.0 - loop.a * cos(w)) / w;
    loop.last_period = loop.period * pow(2.0, -pluck->bend / 12.0);
    loop.glide = 1.0 - exp(-1.0 / (BEND_S * rate_hz));
    return loop;
}

/* Sample n of the line, or silence before its first. */
static double line_at(const float *line, size_t n, size_t back)
{
    return back <= n ? (double)line[n - back] : 0.0;
}

/* The line `delay` >= 2 frames before frame n, by the cubic through four samples. */
static double line_read(const float *line, size_t n, double delay)
{
    const size_t whole = (size_t)delay;
    const double t = delay - (double)whole; /* from the second of the four to the third */
    const double later = line_at(line, n, whole - 1), here = line_at(line, n, whole);
    const double next = line_at(line, n, whole + 1), far = line_at(line, n, whole + 2);
    const double slope = next - later / 3.0 - here / 2.0 - far / 6.0;
    const double bow = (later + next) / 2.0 - here;
    const double twist = (far - later) / 6.0 + (here - next) / 2.0;

    return here + t * (slope + t * (bow + t * twist));
}

/* One frame of the loop, without what the pick adds. */
static double loop_frame(struct loop *loop, const float *line, size_t n)
{
    const double back = line_read(line, n, loop->period - loop->filter_delay);

    loop->last = (1.0 - loop->a) * back + loop->a * loop->last;
    loop->period += loop->glide * (loop->last_period - loop->period);
    return loop->gain * loop->last;
}

void string_pluck(const struct sound *sound, struct generator *generator, const struct pluck *pluck)
{
    float *const line = generator->scratch; /* every frame of the string so far */
    struct loop loop = make_loop(pluck, sound->rate_hz);
    const double place = generator_between(generator, 0.1, 0.3);
    const size_t burst = (size_t)loop.period, pick = 1 + (size_t)(place * loop.period);
    const double dull = exp(-TURN * 150.0 * pow(10.0, pluck->force) / sound->rate_hz);
    double noise = 0.0;

    for (size_t n = 0; n < sound->n_frames; ++n) {
        noise =
            n < burst ? dull * noise + (1.0 - dull) * generator_between(generator, -1.0, 1.0) : 0.0;
        line[n] = (float)(noise + loop_frame(&loop, line, n));
        sound->samples[n] += (float)(pluck->gain * ((double)line[n] - line_at(line, n, pick)));
    }
}
