#include "made_up_pair.h"
#include "tonecell-align.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Delay, drift and polarity of random pairs: of 500 long ones, or of a dozen short ones. At least
 * 99 % are right, and what is stated as a fact is. */

static const struct pair_limits long_pairs = {
    .seconds_from = 45.0, .seconds_to = 150.0, .max_delay = 1300000.0, .max_drift_ppm = 200.0};
static const struct pair_limits short_pairs = {
    .seconds_from = 8.0, .seconds_to = 14.0, .max_delay = 130000.0, .max_drift_ppm = 200.0};

struct tally {
    unsigned pairs, wrong_delay, wrong_drift, uncertain, wrong_fact;
};

static void find_one(uint64_t seed, const struct pair_limits *limits, struct tally *tally)
{
    struct made_up_pair pair = made_up_pair_new(seed, limits);
    const struct tc_align_clip clip = {pair.input, pair.target, pair.n_frames, pair.n_frames};
    struct tc_alignment found;
    struct tc_error error = {""};
    bool wrong_delay, wrong_drift;
    char name[128];

    ck_assert_msg(tc_find_alignment(&clip, 1, 1323000, 0, &found, &error) == TC_OK, "%s",
                  error.message);
    wrong_delay = fabs(found.delay_frames - pair.delay) > 0.5 || found.inverted != pair.inverted;
    wrong_drift = fabs(found.drift_ppm - pair.drift_ppm) > 1.0;
    ++tally->pairs;
    tally->wrong_delay += wrong_delay;
    tally->wrong_drift += wrong_drift;
    tally->uncertain += !found.certain;
    /* A frame is lost in the device's own filters, and no falsehood. */
    tally->wrong_fact += found.certain && (fabs(found.delay_frames - pair.delay) > 1.0 ||
                                           found.inverted != pair.inverted || wrong_drift);
    if (wrong_delay || wrong_drift || !found.certain)
        printf("seed %llu, %s: %s delay %.2f, drift %.2f ppm%s\n", (unsigned long long)seed,
               made_up_pair_name(&pair, name), found.certain ? "certainly" : "perhaps",
               found.delay_frames, found.drift_ppm, found.inverted ? ", inverted" : "");
    made_up_pair_free(&pair);
}

START_TEST(random_pairs_are_aligned)
{
    const bool all = getenv("LONG_TESTS") != NULL;
    const unsigned n = all ? 500 : 12, allowed = n / 100;
    struct tally tally = {0};

    for (unsigned seed = 0; seed < n; ++seed)
        find_one(seed, all ? &long_pairs : &short_pairs, &tally);
    printf("%u pairs: wrong delay or polarity %u, wrong drift %u, uncertain %u, wrong facts %u\n",
           tally.pairs, tally.wrong_delay, tally.wrong_drift, tally.uncertain, tally.wrong_fact);
    ck_assert_uint_le(tally.wrong_delay, allowed);
    ck_assert_uint_le(tally.wrong_drift, allowed);
    ck_assert_uint_le(tally.uncertain, n / 20);
    ck_assert_uint_eq(tally.wrong_fact, 0);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("made_up_pairs");

    tcase_add_test(tests, random_pairs_are_aligned);
    return support_run(tests, "made_up_pairs");
}
