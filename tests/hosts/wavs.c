/* Sound files for the host tests, 48000 Hz:
 *
 *     wavs noise CHANNELS OUT.wav
 *         writes noise between two silences
 *     wavs latency PLUGIN.so VALUE...
 *         prints the latency that the plugin states when it has played nothing yet; its controls,
 *         in the order of the ports, are those given and the defaults of the others
 *     wavs compare WANTED.wav PLAYED.wav TOLERANCE LATENCY LOST
 *         fails unless PLAYED is WANTED after LATENCY frames, but for TOLERANCE, and but for the
 *         last frames of WANTED: LATENCY and at most LOST. If WANTED has one channel, all of PLAYED
 *         are that one. LATENCY "any" is for a recording that was started earlier: any number, and
 *         what came before leaves its traces in the first silence. LATENCY "settled" is for one
 *         that is not late, but was not played from the start state: this, too, leaves traces */
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/plugin/plugin_host.h"

enum { RATE_HZ = 48000, N = 30011, SILENT = 4800, TRACES = 4000 };

static int write_noise(int channels, const char *path)
{
    SF_INFO info = {
        .samplerate = RATE_HZ, .channels = channels, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    SNDFILE *const file = sf_open(path, SFM_WRITE, &info);
    float *const samples = calloc((size_t)(channels * N), sizeof *samples);

    host_noise(samples + channels * SILENT, (size_t)(channels * (N - 2 * SILENT)), 1);
    for (int i = 0; i < channels * N; ++i)
        samples[i] *= 0.0625f; /* hosts that count in integers clip what exceeds full scale */
    if (!file || sf_writef_float(file, samples, N) != N || sf_close(file) != 0) {
        fprintf(stderr, "wavs: cannot write %s\n", path);
        return 1;
    }
    free(samples);
    return 0;
}

static int print_latency(const char *path, unsigned n_values, char **value)
{
    float x = 0.0f, *const buffer[HOST_MAX_CHANNELS] = {&x, &x};
    struct host host;

    if (!host_open(&host, path, 0))
        return 1;
    for (unsigned p = 0; p < n_values && LADSPA_IS_PORT_CONTROL(host.plugin->PortDescriptors[p]);
         ++p)
        host.control[p] = strtof(value[p], NULL);
    host_run(&host, buffer, buffer, 0);
    printf("%g\n", (double)host.control[host.plugin->PortCount - 1]);
    host_close(&host);
    return 0;
}

struct sound {
    float *samples;
    long channels, frames;
};

static struct sound load(const char *path)
{
    SF_INFO info = {0};
    SNDFILE *const file = sf_open(path, SFM_READ, &info);
    struct sound sound = {.channels = info.channels};

    if (!file) {
        fprintf(stderr, "wavs: cannot read %s\n", path);
        exit(1);
    }
    if (info.samplerate != RATE_HZ)
        fprintf(stderr, "wavs: %s has %d Hz\n", path, info.samplerate);
    sound.samples = calloc((size_t)(info.frames * info.channels) + 1, sizeof *sound.samples);
    sound.frames = sf_readf_float(file, sound.samples, info.frames);
    (void)sf_close(file);
    return sound;
}

/* The largest difference of n frames from frame `first` on, or one above `limit`. */
static double difference(const struct sound *wanted, const struct sound *played, long latency,
                         long first, long n, double limit)
{
    const long channels = played->channels;
    double largest = 0.0;

    for (long i = first * channels; i < n * channels && largest <= limit; ++i) {
        const long same = wanted->channels == 1 ? i / channels : i;

        largest = fmax(largest, fabs((double)wanted->samples[same] -
                                     (double)played->samples[i + latency * channels]));
    }
    return largest;
}

/* Where WANTED begins in a recording that was started earlier. */
static long find_start(const struct sound *wanted, const struct sound *played, double tolerance,
                       long n)
{
    long start = 0;

    while (start + n < played->frames &&
           difference(wanted, played, start, TRACES, n, tolerance) > tolerance)
        ++start;
    return start;
}

static int compare(char **argument)
{
    const struct sound wanted = load(argument[0]), played = load(argument[1]);
    const double tolerance = atof(argument[2]);
    const long lost = atol(argument[4]);
    const bool live = strcmp(argument[3], "any") == 0;
    const long first = live || strcmp(argument[3], "settled") == 0 ? TRACES : 0;
    const long latency =
        live ? find_start(&wanted, &played, tolerance, wanted.frames - lost) : atol(argument[3]);
    const long left = played.frames - latency;
    const long n = left < wanted.frames ? left : wanted.frames;
    const bool comparable = (wanted.channels == played.channels || wanted.channels == 1) && n > 0;
    const double largest = comparable ? difference(&wanted, &played, latency, first, n, 1.0) : 1.0;

    printf("%ld of %ld frames, latency %ld, largest difference %.3g\n", n, wanted.frames, latency,
           largest);
    free(wanted.samples);
    free(played.samples);
    return comparable && n >= wanted.frames - latency - lost && largest <= tolerance ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "noise") == 0)
        return write_noise(atoi(argv[2]), argv[3]);
    if (argc >= 3 && strcmp(argv[1], "latency") == 0)
        return print_latency(argv[2], (unsigned)argc - 3, argv + 3);
    if (argc == 7 && strcmp(argv[1], "compare") == 0)
        return compare(argv + 2);
    fputs("usage: see the head of wavs.c\n", stderr);
    return 2;
}
