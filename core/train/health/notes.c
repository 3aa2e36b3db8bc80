#include "train/health/notes.h"

#include <math.h>

enum { PARTIALS = 8 };

static const double note_s = 0.2, decay_s = 0.3, release_s = 0.002;
static const double lowest_hz = 41.2, octaves = 5.0, level_range_db = 12.0;
/* The largest value of the sum of partials, rounded up. */
static const double largest_sum = 1.86;
/* The golden ratio and the plastic number, less what is whole or inverted: their multiples fill the
 * interval from 0 to 1 evenly, whatever their number. */
static const double pitch_step = 0.61803398874989485, level_step = 0.75487766624669276;
static const double turn = 2.0 * 3.14159265358979324;

/* Add partial p of a note with fundamental f, as a rotation that shrinks from frame to frame. */
static void add_partial(float *samples, size_t n, double rate_hz, double f, unsigned p, double gain)
{
    const double shrink = exp(-(double)p / (decay_s * rate_hz));
    const double c = shrink * cos(turn * p * f / rate_hz), s = shrink * sin(turn * p * f / rate_hz);
    double re = gain / p, im = 0.0;

    for (size_t i = 0; i < n; ++i) {
        const double next = re * c - im * s;

        samples[i] += (float)im;
        im = re * s + im * c;
        re = next;
    }
}

static void add_note(float *samples, size_t n, double rate_hz, size_t index)
{
    const double f = lowest_hz * exp2(octaves * fmod((double)index * pitch_step, 1.0));
    const double level_db = -level_range_db * fmod((double)index * level_step, 1.0);
    const double gain = pow(10.0, level_db / 20.0) / largest_sum * (index % 2 ? -1.0 : 1.0);
    const double release = release_s * rate_hz;

    for (unsigned p = 1; p <= PARTIALS && p * f < 0.5 * rate_hz; ++p)
        add_partial(samples, n, rate_hz, f, p, gain);
    for (size_t i = 0; i < n; ++i)
        samples[i] *= (float)fmin(1.0, (double)(n - i) / release);
}

void tc_notes_fill(float *samples, size_t n_frames, double rate_hz)
{
    const size_t length = (size_t)fmax(note_s * rate_hz, 1.0);

    for (size_t i = 0; i < n_frames; ++i)
        samples[i] = 0.0f;
    for (size_t start = 0; start < n_frames; start += length) {
        const size_t left = n_frames - start;

        add_note(samples + start, left < length ? left : length, rate_hz, start / length);
    }
}
