/* Plays a WAV file through made-up gear: made_up_gear KIND IN.wav OUT.wav, both mono.
 *
 *  opto   compressor: RMS detector of 5 ms, threshold -30 dB, ratio 4, a release in two stages, of
 *         80 ms and of a second, as an optical attenuator has
 *  fet    limiter: peak detector, threshold -24 dB, ratio 8, attack 0.5 ms, release 100 ms, and a
 *         soft clipper after it
 *  drive  overdrive: high shelf, asymmetric tanh, low-pass of 4 kHz
 *
 * What it does is known to the last bit, so that a model's error has no floor. */
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <string.h>

/* One-pole smoothers, y += a (x - y), and the gain reduction in dB. */
struct gear {
    double rate_hz, power, fast_db, slow_db, low, high;
};

static double smooth(const struct gear *g, double time_s)
{
    return 1.0 - exp(-1.0 / (time_s * g->rate_hz));
}

static double low_pass(const struct gear *g, double cutoff_hz)
{
    return 1.0 - exp(-2.0 * M_PI * cutoff_hz / g->rate_hz);
}

/* dB above the threshold that a ratio takes away. */
static double reduction(double level_db, double threshold_db, double ratio)
{
    return fmax(level_db - threshold_db, 0.0) * (1.0 - 1.0 / ratio);
}

static double opto(struct gear *g, double x)
{
    double wanted;

    g->power += smooth(g, 0.005) * (x * x - g->power);
    wanted = reduction(10.0 * log10(g->power + 1e-9), -30.0, 4.0);
    g->fast_db += smooth(g, wanted > g->fast_db ? 0.010 : 0.080) * (wanted - g->fast_db);
    g->slow_db += smooth(g, wanted > g->slow_db ? 0.050 : 1.0) * (wanted - g->slow_db);
    return 2.0 * x * pow(10.0, -(0.6 * g->fast_db + 0.4 * g->slow_db) / 20.0);
}

static double fet(struct gear *g, double x)
{
    const double wanted = reduction(20.0 * log10(fabs(x) + 1e-9), -24.0, 8.0);

    g->fast_db += smooth(g, wanted > g->fast_db ? 0.0005 : 0.100) * (wanted - g->fast_db);
    return tanh(3.0 * x * pow(10.0, -g->fast_db / 20.0)) / 1.5;
}

static double drive(struct gear *g, double x)
{
    g->high += low_pass(g, 300.0) * (x - g->high);
    g->low += low_pass(g, 4000.0) * (tanh(12.0 * (x - 0.7 * g->high) + 0.1) - tanh(0.1) - g->low);
    return 0.5 * g->low;
}

static const struct {
    const char *name;
    double (*play)(struct gear *g, double x);
} kinds[] = {{"opto", opto}, {"fet", fet}, {"drive", drive}};

static int play(SNDFILE *in, SNDFILE *out, struct gear *g,
                double (*play_frame)(struct gear *g, double x))
{
    float x;

    while (sf_readf_float(in, &x, 1) == 1) {
        const float y = (float)play_frame(g, (double)x);

        if (sf_writef_float(out, &y, 1) != 1)
            return 1;
    }
    return 0;
}

static int play_file(const char *from, const char *to, double (*play_frame)(struct gear *, double))
{
    SF_INFO info = {0};
    SNDFILE *const in = sf_open(from, SFM_READ, &info);
    SNDFILE *out = NULL;
    struct gear gear = {.rate_hz = info.samplerate};
    int status = 1;

    if (in && info.channels == 1) {
        info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
        out = sf_open(to, SFM_WRITE, &info);
    }
    if (out)
        status = play(in, out, &gear, play_frame);
    else
        fprintf(stderr, "made_up_gear: %s or %s: cannot open, or not mono\n", from, to);
    sf_close(out);
    sf_close(in);
    return status;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 4 && i < sizeof kinds / sizeof *kinds; ++i)
        if (strcmp(argv[1], kinds[i].name) == 0)
            return play_file(argv[2], argv[3], kinds[i].play);
    fprintf(stderr, "usage: made_up_gear opto|fet|drive IN.wav OUT.wav\n");
    return 2;
}
