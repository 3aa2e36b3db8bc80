/* Recordings of devices that a control signal steers: DRY has the signal and the control signal as
 * its two channels, WET is mono. 44100 Hz, floats.
 *
 *     controlled tremolo|flanger|compressor SECONDS DRY.wav WET.wav
 *
 *     tremolo     y = (1 - c) x,                          c an LFO that wanders between 0 and 1
 *     flanger     y = (x[t] + x[t - d]) / 2,              d = 2 + 20 c samples, linear in between
 *     compressor  y = x / (1 + 8 e),                      e the envelope of the key c */
#include <math.h>
#include <sndfile.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE_HZ = 44100, LONGEST = 24 };

struct device {
    double phase, step, envelope, past[LONGEST];
    uint32_t random;
    unsigned frame;
};

/* Uniform in -1 to 1. */
static double noise(struct device *d)
{
    d->random = d->random * 1664525u + 1013904223u;
    return (d->random >> 8) * 0x1p-23 - 1.0;
}

/* 1 to 7 Hz, another rate every tenth of a second. */
static double lfo(struct device *d)
{
    if (d->frame % (RATE_HZ / 10) == 0)
        d->step = 2.0 * 3.14159265358979 * (4.0 + 3.0 * noise(d)) / RATE_HZ;
    d->phase += d->step;
    return 0.5 - 0.5 * cos(d->phase);
}

/* Bursts of noise of random loudness, a tenth of a second each. */
static double key(struct device *d)
{
    if (d->frame % (RATE_HZ / 10) == 0)
        d->step = fmax(noise(d), 0.0);
    return d->step * noise(d);
}

static double flanger(struct device *d, double x, double c)
{
    const double delay = 2.0 + 20.0 * c;
    const unsigned whole = (unsigned)delay;
    const double fraction = delay - whole;

    memmove(d->past + 1, d->past, (LONGEST - 1) * sizeof *d->past);
    d->past[0] = x;
    return 0.5 * (x + (1.0 - fraction) * d->past[whole] + fraction * d->past[whole + 1]);
}

/* 1 ms attack, 50 ms release. */
static double compressor(struct device *d, double x, double c)
{
    const double level = fabs(c), time = level > d->envelope ? 0.001 : 0.05;

    d->envelope += (1.0 - exp(-1.0 / (time * RATE_HZ))) * (level - d->envelope);
    return x / (1.0 + 8.0 * d->envelope);
}

static void process(struct device *d, const char *kind, float *dry, float *wet)
{
    const double x = 0.3 * noise(d) * (d->frame / (RATE_HZ / 5) % 5 < 4 ? 1.0 : 0.1);
    const double c = *kind == 'c' ? key(d) : lfo(d);

    dry[0] = (float)x;
    dry[1] = (float)c;
    *wet = (float)(*kind == 't'   ? (1.0 - c) * x
                   : *kind == 'f' ? flanger(d, x, c)
                                  : compressor(d, x, c));
    ++d->frame;
}

static int save(const char *path, const float *samples, int channels, long n)
{
    SF_INFO info = {
        .samplerate = RATE_HZ, .channels = channels, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    SNDFILE *const file = sf_open(path, SFM_WRITE, &info);

    if (file && sf_writef_float(file, samples, n) == n && sf_close(file) == 0)
        return 0;
    fprintf(stderr, "controlled: cannot write %s\n", path);
    return 1;
}

int main(int argc, char **argv)
{
    const long n = argc == 5 ? (long)(atof(argv[2]) * RATE_HZ) : 0;
    float *const dry = calloc(2 * (size_t)n + 1, sizeof *dry);
    float *const wet = calloc((size_t)n + 1, sizeof *wet);
    struct device device = {.random = 1};
    int status = 2;

    for (long t = 0; t < n && dry && wet; ++t)
        process(&device, argv[1], dry + 2 * t, wet + t);
    if (n > 0 && dry && wet)
        status = save(argv[3], dry, 2, n) | save(argv[4], wet, 1, n);
    else
        fputs("usage: see the head of controlled.c\n", stderr);
    free(dry);
    free(wet);
    return status;
}
