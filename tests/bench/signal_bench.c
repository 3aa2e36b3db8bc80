/** @file
 *  Time of a stream on different signals, which should be equal: silence, denormal numbers, full
 *  scale, and so loud that every gate is saturated; and the time to create a stream.
 *
 *      signal_bench                 against the clock, a table
 *      signal_bench CELL SIGNAL     only plays that signal, for programs that count
 *                                   instructions: lstm or gru; silence, denormal, full or saturated
 */
#include "config.h"
#include "tests/support/noise_model.h"
#include "tonecell.h"
#include "tools/measurement/noise.h"
#include "tools/measurement/quantile.h"
#include "clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES = 2048, ROUNDS = 200, MAKINGS = 50 };

/* Each signal is noise: uniform, of this level. A fraction of the denormal one is above their
 * range, so that some of its products with weights come to lie in it. */
static const struct {
    const char *name;
    float level;
} signals[] = {{"silence", 0.0f}, {"denormal", 1e-37f}, {"full", 1.0f}, {"saturated", 1e6f}};

enum { SIGNALS = sizeof signals / sizeof signals[0] };

/* Biases are 0, so that silence and what is denormal stay what they are. */
static struct tc_model *model_new(enum tc_cell cell, unsigned hidden)
{
    return noise_model(cell, hidden, "weight");
}

static struct tc_stream *stream_new(const struct tc_model *model)
{
    struct tc_stream *stream;
    struct tc_error error;

    if (tc_stream_new(&stream, model, 1, &error) != TC_OK)
        fail(error.message);
    return stream;
}

/* Seconds. */
static double play(struct tc_stream *stream, unsigned signal)
{
    float in[FRAMES], out[FRAMES];
    const float *const ins[] = {in};
    float *const outs[] = {out};
    uint32_t random = 1;

    noise_fill(in, FRAMES, &random);
    for (size_t t = 0; t < FRAMES; ++t)
        in[t] *= 2.0f * signals[signal].level;
    const double start = tc_now_s();

    tc_stream_process(stream, ins, NULL, outs, FRAMES);
    return tc_now_s() - start;
}

/* A stream of its own for each signal, played in turns, so that what disturbs the machine for a
 * while disturbs all of them. The least time of each counts. */
static void time_signals(enum tc_cell cell, unsigned hidden)
{
    struct tc_model *const model = model_new(cell, hidden);
    struct tc_stream *stream[SIGNALS];
    double best_s[SIGNALS];

    for (unsigned s = 0; s < SIGNALS; ++s) {
        stream[s] = stream_new(model);
        best_s[s] = INFINITY;
    }
    for (unsigned round = 0; round < ROUNDS; ++round)
        for (unsigned s = 0; s < SIGNALS; ++s)
            best_s[s] = fmin(best_s[s], play(stream[s], s));
    printf("%-4s %5u %-7s", tc_cell_name(cell), hidden, tc_stream_kernels(stream[0]));
    for (unsigned s = 0; s < SIGNALS; ++s) {
        printf(" %10.1f %+5.1f %%", best_s[s] / FRAMES * 1e9,
               100.0 * (best_s[s] / best_s[0] - 1.0));
        tc_stream_free(stream[s]);
    }
    putchar('\n');
    tc_model_free(model);
}

static void time_making(enum tc_cell cell, unsigned hidden)
{
    struct tc_model *const model = model_new(cell, hidden);
    double taken_s[MAKINGS];

    for (unsigned i = 0; i < MAKINGS; ++i) {
        const double start = tc_now_s();
        struct tc_stream *const stream = stream_new(model);

        taken_s[i] = tc_now_s() - start;
        tc_stream_free(stream);
    }
    printf("A stream of %s %u is made in %.3f ms (median).\n", tc_cell_name(cell), hidden,
           quantile(taken_s, MAKINGS, 0.5) * 1e3);
    tc_model_free(model);
}

static void time_all(void)
{
    static const enum tc_cell cells[] = {TC_CELL_LSTM, TC_CELL_GRU};
    static const unsigned sizes[] = {16, 40, 128};

    printf("ns per sample of a signal, and beyond that of silence\n%-18s", "cell units kernels");
    for (unsigned s = 0; s < SIGNALS; ++s)
        printf(" %18s", signals[s].name);
    putchar('\n');
    for (unsigned c = 0; c < 2; ++c)
        for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; ++i)
            time_signals(cells[c], sizes[i]);
    for (unsigned c = 0; c < 2; ++c)
        time_making(cells[c], 128);
}

static void play_once(const char *cell, const char *signal)
{
    struct tc_model *const model =
        model_new(strcmp(cell, "gru") == 0 ? TC_CELL_GRU : TC_CELL_LSTM, 40);
    struct tc_stream *const stream = stream_new(model);
    unsigned s = 0;

    while (s < SIGNALS && strcmp(signals[s].name, signal) != 0)
        ++s;
    if (s == SIGNALS)
        fail("no such signal");
    play(stream, s);
    tc_stream_free(stream);
    tc_model_free(model);
}

int main(int argc, char **argv)
{
    if (argc == 3)
        play_once(argv[1], argv[2]);
    else
        time_all();
    return EXIT_SUCCESS;
}
