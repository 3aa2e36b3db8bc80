#include "sequence_data.h"

#include "train/measure/validation.h"

#include <stdlib.h>

struct sequences sequences_new(size_t n, size_t frames, unsigned inputs, unsigned outputs)
{
    struct sequences s = {.inputs = inputs, .outputs = outputs, .n = n, .frames = frames};
    const size_t rows = inputs + outputs;

    s.samples = support_zeros(n * rows * frames, sizeof *s.samples);
    s.row = support_zeros(n * rows, sizeof *s.row);
    s.clip = support_zeros(n, sizeof *s.clip);
    for (size_t i = 0; i < n * rows; ++i)
        s.row[i] = s.samples + i * frames;
    for (size_t c = 0; c < n; ++c)
        s.clip[c] = (struct tc_clip){.input = s.row + c * rows,
                                     .target = s.row + c * rows + inputs,
                                     .n_frames = frames,
                                     .whole = true};
    return s;
}

void sequences_free(struct sequences *s)
{
    free(s->samples);
    free(s->row);
    free(s->clip);
}

float *sequences_input(const struct sequences *s, size_t n, unsigned row)
{
    return s->samples + (n * (s->inputs + s->outputs) + row) * s->frames;
}

float *sequences_target(const struct sequences *s, size_t n, unsigned row)
{
    return sequences_input(s, n, s->inputs + row);
}

void sequences_many_to_one(struct sequences *s)
{
    for (size_t c = 0; c < s->n; ++c)
        s->clip[c].loss_from = s->frames - 1;
}

struct tc_score sequences_score(const struct tc_model *model, const struct sequences *s)
{
    struct tc_score score;

    ck_assert_int_eq(tc_validate(model, NULL, s->clip, s->n, 0, 1, &score, NULL), TC_OK);
    return score;
}

static size_t below(struct support_random *random, size_t n)
{
    return support_bits(random) % n;
}

struct sequences sequences_adding(size_t n, size_t frames, struct support_random *random)
{
    struct sequences s = sequences_new(n, frames, 2, 1);

    for (size_t c = 0; c < n; ++c) {
        const size_t first = below(random, frames), other = below(random, frames - 1);
        const size_t second = other < first ? other : other + 1;
        float *const value = sequences_input(&s, c, 0), *const mark = sequences_input(&s, c, 1);

        support_fill(random, value, frames, 0.0f, 1.0f);
        mark[first] = mark[second] = 1.0f;
        sequences_target(&s, c, 0)[frames - 1] = value[first] + value[second];
    }
    sequences_many_to_one(&s);
    return s;
}

struct sequences sequences_copy(size_t n, size_t delay, struct support_random *random)
{
    enum { SYMBOLS = 10, LENGTH = 10, BLANK = 0, PROMPT = 9 };
    struct sequences s = sequences_new(n, delay + 2 * LENGTH, SYMBOLS, SYMBOLS);

    for (size_t c = 0; c < n; ++c)
        for (size_t t = 0; t < s.frames; ++t) {
            const bool shown = t < LENGTH, recalled = t >= delay + LENGTH;
            const unsigned symbol = shown ? 1 + (unsigned)below(random, SYMBOLS - 2)
                                    : t < delay + LENGTH - 1 ? BLANK
                                                             : PROMPT;

            sequences_input(&s, c, symbol)[t] = 1.0f;
            if (shown)
                sequences_target(&s, c, symbol)[t + delay + LENGTH] = 1.0f;
            if (!recalled)
                sequences_target(&s, c, BLANK)[t] = 1.0f;
        }
    return s;
}

struct sequences sequences_timing(size_t n, struct support_random *random)
{
    enum { SPIKES = 4, SHORTEST = 49 };
    struct sequences s = sequences_new(n, (SHORTEST + 1) * SPIKES, 1, 1);

    for (size_t c = 0; c < n; ++c) {
        const size_t longer = below(random, 2), first = below(random, SHORTEST + 1);
        const size_t last = first + (SPIKES - 1) * (SHORTEST + longer);

        for (size_t t = first; t <= last; t += SHORTEST + longer)
            sequences_input(&s, c, 0)[t] = 1.0f;
        sequences_target(&s, c, 0)[last] = (float)longer;
        s.clip[c].n_frames = last + 1;
        s.clip[c].loss_from = last;
    }
    return s;
}
