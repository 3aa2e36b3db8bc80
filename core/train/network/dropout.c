#include "train/network/dropout.h"

#include "train/data/random.h"

/* Probabilities are multiples of 1 / STEPS; 64 random bits serve PER_DRAW values. */
enum { STEPS = 1 << 16, PER_DRAW = 4 };

/* Random numbers for one position. Each coordinate is hashed in by a step of its own, so that those
 * of neighbouring positions are independent. */
static struct tc_random random_at(uint64_t seed, const uint64_t position[3])
{
    struct tc_random random = {seed};

    for (unsigned i = 0; i < 3; ++i)
        random.state = tc_random_bits(&random) ^ position[i];
    random.state = tc_random_bits(&random);
    return random;
}

void tc_dropout_apply(const struct tc_dropout *dropout, float *values, size_t n, unsigned layer,
                      size_t sequence, size_t t)
{
    struct tc_random random = random_at(
        dropout->seed, (const uint64_t[]){dropout->frame + t, dropout->sequence + sequence, layer});
    const unsigned below = (unsigned)(STEPS * dropout->probability + 0.5f);
    const float scale = (float)STEPS / (float)(STEPS - below);
    uint64_t bits = 0;

    for (size_t i = 0; i < n; ++i, bits /= STEPS) {
        if (i % PER_DRAW == 0)
            bits = tc_random_bits(&random);
        values[i] = bits % STEPS < below ? 0.0f : scale * values[i];
    }
}
