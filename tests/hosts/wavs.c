/* Sound files for the host tests:
 *
 *     wavs make CHANNELS IN.wav OUT.wav [IN_GAIN_DB [OUT_GAIN_DB [DRY]]]
 *         writes noise, and the output of the built-in model for it
 *     wavs compare A.wav B.wav TOLERANCE
 *         fails unless the files have one length and their samples differ by at most TOLERANCE */
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/image.h"
#include "tests/plugin/plugin_host.h"

enum { RATE_HZ = 48000, N = 30011, MAX_CHANNELS = 2 };

static float x[MAX_CHANNELS][N], y[MAX_CHANNELS][N], frames[MAX_CHANNELS * N];

static void save(const char *path, int channels, float (*samples)[N])
{
    SF_INFO info = {
        .samplerate = RATE_HZ, .channels = channels, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    SNDFILE *const file = sf_open(path, SFM_WRITE, &info);

    for (int i = 0; i < N * channels; ++i)
        frames[i] = samples[i % channels][i / channels];
    if (!file || sf_writef_float(file, frames, N) != N || sf_close(file) != 0) {
        fprintf(stderr, "wavs: cannot write %s\n", path);
        exit(1);
    }
}

static int play(unsigned channels, const double amount[3])
{
    float *out[MAX_CHANNELS] = {y[0], y[1]};
    const float *in[MAX_CHANNELS] = {x[0], x[1]};
    struct tc_plugin_identity identity;
    struct tc_controls controls;
    struct tc_player *player = NULL;
    struct tc_model *model = NULL;

    if (tc_image_read(tc_plugin_image, SIZE_MAX / 2, &model, &identity, NULL) != TC_OK ||
        tc_player_new(&player, model, channels, RATE_HZ, NULL) != TC_OK)
        return 1;
    tc_controls_init(&controls, model);
    controls.in_gain_db = (float)amount[0];
    controls.out_gain_db = (float)amount[1];
    controls.dry = (float)amount[2];
    tc_player_process(player, &controls, in, out, N);
    tc_player_free(player);
    tc_model_free(model);
    return 0;
}

static int make(int argc, char **argv)
{
    const int channels = atoi(argv[2]);
    double amount[3] = {0.0, 0.0, 0.0};

    for (int i = 5; i < argc && i < 8; ++i)
        amount[i - 5] = atof(argv[i]);
    for (int c = 0; c < channels; ++c) {
        host_noise(x[c], N, (unsigned)c + 1);
        for (int t = 0; t < N; ++t)
            x[c][t] *= 0.0625f; /* hosts that count in integers clip what exceeds full scale */
    }
    if (play((unsigned)channels, amount) != 0)
        return 1;
    save(argv[3], channels, x);
    save(argv[4], channels, y);
    return 0;
}

static float *load(const char *path, sf_count_t *values)
{
    SF_INFO info = {0};
    SNDFILE *const file = sf_open(path, SFM_READ, &info);
    float *samples;

    if (!file) {
        fprintf(stderr, "wavs: cannot read %s\n", path);
        exit(1);
    }
    samples = calloc((size_t)(info.frames * info.channels) + 1, sizeof *samples);
    *values = info.channels * sf_readf_float(file, samples, info.frames);
    (void)sf_close(file);
    return samples;
}

static int compare(const char *path_a, const char *path_b, double tolerance)
{
    sf_count_t n_a, n_b;
    float *const a = load(path_a, &n_a), *const b = load(path_b, &n_b);
    double largest = 0.0;

    for (sf_count_t i = 0; i < n_a && i < n_b; ++i)
        largest = fmax(largest, fabs((double)a[i] - (double)b[i]));
    printf("%lld and %lld samples, largest difference %.3g\n", (long long)n_a, (long long)n_b,
           largest);
    free(a);
    free(b);
    return n_a == n_b && n_a > 0 && largest <= tolerance ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc >= 5 && strcmp(argv[1], "make") == 0 &&
        (strcmp(argv[2], "1") == 0 || strcmp(argv[2], "2") == 0))
        return make(argc, argv);
    if (argc == 5 && strcmp(argv[1], "compare") == 0)
        return compare(argv[2], argv[3], atof(argv[4]));
    fputs("usage: see the head of wavs.c\n", stderr);
    return 2;
}
