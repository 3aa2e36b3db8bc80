#include "tests/support/support.h"
#include "train/data/sampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Each epoch cuts the clips into pieces anew: behind the warm-ups every frame is walked at most
 * once, nearly all of them are, and no lane waits long for another. */

enum { MAX_CLIPS = 200, EPOCHS = 20 };

/** Clips and options to try. Clip c has base + c * more frames. */
struct layout {
    const char *name;
    size_t n_clips, base, more;
    unsigned batch, warmup, truncate;
};

static const struct layout layouts[] = {
    {"one long clip", 1, 100000, 0, 17, 1000, 64},
    {"one long clip, one lane", 1, 100000, 0, 1, 1000, 64},
    {"one long clip, no warm-up", 1, 100001, 0, 33, 0, 128},
    {"a clip too short for its batch", 1, 5000, 0, 64, 1000, 256},
    {"one frame behind the warm-up", 1, 1001, 0, 64, 1000, 256},
    {"two clips", 2, 50000, 13, 5, 300, 64},
    {"many short clips", MAX_CLIPS, 2000, 0, 16, 500, 256},
    {"many clips of many lengths", MAX_CLIPS, 400, 301, 33, 500, 64},
    {"many rounds", MAX_CLIPS, 400, 301, 4, 500, 64},
    {"mostly shorter than the warm-up", 50, 1, 25, 8, 1000, 16},
    {"more lanes than frames", 3, 10, 1, 4096, 4, 1},
};
enum { LAYOUTS = sizeof layouts / sizeof *layouts };

static size_t usable(const struct layout *layout, size_t clip)
{
    const size_t n = layout->base + clip * layout->more;

    return n > layout->warmup ? n - layout->warmup : 0;
}

static size_t all_usable(const struct layout *layout)
{
    size_t sum = 0;

    for (size_t c = 0; c < layout->n_clips; ++c)
        sum += usable(layout, c);
    return sum;
}

static enum tc_status try_walk(const struct layout *layout, struct tc_walk **walk,
                               struct tc_error *error)
{
    const struct tc_train_options options = {
        .batch = layout->batch, .warmup = layout->warmup, .truncate = layout->truncate};
    static struct tc_clip clips[MAX_CLIPS];

    for (size_t c = 0; c < layout->n_clips; ++c)
        clips[c].n_frames = layout->base + c * layout->more;
    return tc_walk_new(walk, clips, layout->n_clips, &options, error);
}

static struct tc_walk *walk_new(const struct layout *layout)
{
    struct tc_walk *walk = NULL;
    struct tc_error error = {""};

    ck_assert_msg(try_walk(layout, &walk, &error) == TC_OK, "%s", error.message);
    return walk;
}

/* A place in the recordings, so that a set of pieces can be looked through in their order. */
static int by_place(const void *a, const void *b)
{
    const struct tc_piece *const p = a, *const q = b;

    if (p->clip != q->clip)
        return p->clip < q->clip ? -1 : 1;
    return (p->start > q->start) - (p->start < q->start);
}

/* The pieces of the present epoch in the order of the recordings; to be freed. */
static struct tc_piece *sorted_pieces(const struct tc_walk *walk)
{
    struct tc_piece *const pieces = support_zeros(walk->n_pieces, sizeof *pieces);

    memcpy(pieces, walk->piece, walk->n_pieces * sizeof *pieces);
    qsort(pieces, walk->n_pieces, sizeof *pieces, by_place);
    return pieces;
}

START_TEST(pieces_lie_in_their_clips_and_do_not_overlap)
{
    const struct layout *const layout = &layouts[_i];
    struct tc_walk *const walk = walk_new(layout);
    struct tc_random random = {7};

    for (unsigned epoch = 0; epoch < EPOCHS; ++epoch) {
        struct tc_piece *pieces;

        tc_walk_epoch(walk, &random);
        pieces = sorted_pieces(walk);
        for (size_t i = 0; i < walk->n_pieces; ++i) {
            const struct tc_piece *const p = &pieces[i];

            support_require(p->clip < layout->n_clips, "piece %zu of clip %zu", i, p->clip);
            support_require(p->n_frames > layout->warmup, "%s: piece %zu is all warm-up",
                            layout->name, i);
            support_require(p->start + p->n_frames <= usable(layout, p->clip) + layout->warmup,
                            "%s: piece %zu ends at %zu", layout->name, i, p->start + p->n_frames);
            support_require(i == 0 || p[-1].clip != p->clip ||
                                p[-1].start + p[-1].n_frames <= p->start + layout->warmup,
                            "%s: pieces %zu and %zu share frames", layout->name, i - 1, i);
        }
        free(pieces);
    }
    tc_walk_free(walk);
}
END_TEST

START_TEST(an_epoch_hears_nearly_all_frames)
{
    const struct layout *const layout = &layouts[_i];
    struct tc_walk *const walk = walk_new(layout);
    const size_t all = all_usable(layout);
    struct tc_random random = {8};

    ck_assert_uint_eq(walk->loss_frames, all);
    for (unsigned epoch = 0; epoch < EPOCHS; ++epoch) {
        size_t heard = 0;

        tc_walk_epoch(walk, &random);
        for (size_t i = 0; i < walk->n_pieces; ++i)
            heard += walk->piece[i].n_frames - layout->warmup;
        ck_assert_uint_le(heard, all);
        /* A sixteenth of one piece per clip, and less than a frame of each piece. */
        ck_assert_uint_ge(heard + all / 16 + walk->n_pieces, all);
    }
    tc_walk_free(walk);
}
END_TEST

START_TEST(rounds_hold_every_piece_once)
{
    const struct layout *const layout = &layouts[_i];
    struct tc_walk *const walk = walk_new(layout);
    struct tc_random random = {9};

    for (unsigned epoch = 0; epoch < EPOCHS; ++epoch) {
        unsigned *const met = support_zeros(walk->n_pieces, sizeof *met);

        tc_walk_epoch(walk, &random);
        for (size_t r = 0; r < walk->n_rounds; ++r) {
            const struct tc_round *const round = &walk->round[r];
            size_t longest = 0;

            ck_assert_uint_le(round->first + round->count, walk->n_pieces);
            for (size_t i = round->first; i < round->first + round->count; ++i) {
                ++met[i];
                if (walk->piece[i].n_frames > longest)
                    longest = walk->piece[i].n_frames;
            }
            ck_assert_uint_eq(round->n_frames, longest);
        }
        for (size_t i = 0; i < walk->n_pieces; ++i)
            support_require(met[i] == 1, "%s: piece %zu stands in %u rounds", layout->name, i,
                            met[i]);
        free(met);
    }
    tc_walk_free(walk);
}
END_TEST

/* The largest round fills all lanes; none leaves more than one of them empty. */
START_TEST(lanes_are_those_of_the_largest_round)
{
    const struct layout *const layout = &layouts[_i];
    struct tc_walk *const walk = walk_new(layout);
    struct tc_random random = {10};
    size_t most = 0, fewest = SIZE_MAX;

    ck_assert_uint_ge(walk->lanes, 1);
    ck_assert_uint_le(walk->lanes, layout->batch);
    tc_walk_epoch(walk, &random);
    for (size_t r = 0; r < walk->n_rounds; ++r) {
        most = walk->round[r].count > most ? walk->round[r].count : most;
        fewest = walk->round[r].count < fewest ? walk->round[r].count : fewest;
    }
    ck_assert_uint_eq(walk->lanes, most);
    ck_assert_uint_le(most - fewest, 1);
    tc_walk_free(walk);
}
END_TEST

/* At least four chunks, or the whole clip; the rounding to whole pieces may take a third. */
START_TEST(pieces_are_worth_their_warm_up)
{
    const struct layout *const layout = &layouts[_i];
    struct tc_walk *const walk = walk_new(layout);
    struct tc_random random = {11};

    tc_walk_epoch(walk, &random);
    for (size_t i = 0; i < walk->n_pieces; ++i) {
        const struct tc_piece *const p = &walk->piece[i];
        const double length = (double)(p->n_frames - layout->warmup);

        support_require(length >= 2.0 / 3.0 * 15.0 / 16.0 * 4.0 * layout->truncate - 1.0 ||
                            walk->clip_pieces[p->clip] == 1,
                        "%s: a piece of %g frames in chunks of %u", layout->name, length,
                        layout->truncate);
    }
    tc_walk_free(walk);
}
END_TEST

static bool same_cut(const struct tc_piece *a, const struct tc_piece *b, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        if (a[i].clip != b[i].clip || a[i].start != b[i].start || a[i].n_frames != b[i].n_frames)
            return false;
    return true;
}

START_TEST(each_epoch_cuts_elsewhere)
{
    struct tc_walk *const walk = walk_new(&layouts[_i]);
    struct tc_random random = {12};
    struct tc_piece *before;

    tc_walk_epoch(walk, &random);
    before = sorted_pieces(walk);
    for (unsigned epoch = 1; epoch < EPOCHS; ++epoch) {
        struct tc_piece *now;

        tc_walk_epoch(walk, &random);
        now = sorted_pieces(walk);
        ck_assert(!same_cut(before, now, walk->n_pieces));
        free(before);
        before = now;
    }
    free(before);
    tc_walk_free(walk);
}
END_TEST

/* Equal clips are told apart only by their order. */
START_TEST(each_epoch_walks_in_another_order)
{
    struct tc_walk *const walk = walk_new(&layouts[6]);
    struct tc_random random = {13};
    size_t first[EPOCHS], same = 0;

    for (unsigned epoch = 0; epoch < EPOCHS; ++epoch) {
        tc_walk_epoch(walk, &random);
        first[epoch] = walk->piece[0].clip;
        same += epoch > 0 && first[epoch] == first[epoch - 1];
    }
    ck_assert_uint_le(same, 2);
    tc_walk_free(walk);
}
END_TEST

/* Long clips must not always come first: the order of rounds changes as well. */
START_TEST(rounds_are_shuffled)
{
    struct tc_walk *const walk = walk_new(&layouts[7]);
    struct tc_random random = {14};
    unsigned longest_first = 0;

    ck_assert_uint_ge(walk->n_rounds, 3);
    for (unsigned epoch = 0; epoch < EPOCHS; ++epoch) {
        tc_walk_epoch(walk, &random);
        longest_first += walk->round[0].first == 0;
    }
    ck_assert_uint_gt(longest_first, 0);
    ck_assert_uint_lt(longest_first, EPOCHS);
    tc_walk_free(walk);
}
END_TEST

START_TEST(one_seed_gives_one_walk)
{
    struct tc_walk *const a = walk_new(&layouts[_i]), *const b = walk_new(&layouts[_i]);
    struct tc_random random_a = {15}, random_b = {15};

    for (unsigned epoch = 0; epoch < 3; ++epoch) {
        tc_walk_epoch(a, &random_a);
        tc_walk_epoch(b, &random_b);
        ck_assert(same_cut(a->piece, b->piece, a->n_pieces));
        for (size_t r = 0; r < a->n_rounds; ++r)
            ck_assert_uint_eq(a->round[r].first, b->round[r].first);
    }
    tc_walk_free(b);
    tc_walk_free(a);
}
END_TEST

/* Over the epochs no frame behind the warm-up is left out for good, from the first to the last. */
START_TEST(every_frame_is_heard_in_time)
{
    const struct layout layout = {"short", 1, 1500, 0, 3, 100, 16};
    struct tc_walk *const walk = walk_new(&layout);
    struct tc_random random = {16};
    bool heard[1500] = {false};

    for (unsigned epoch = 0; epoch < 1000; ++epoch) {
        tc_walk_epoch(walk, &random);
        for (size_t i = 0; i < walk->n_pieces; ++i)
            for (size_t t = layout.warmup; t < walk->piece[i].n_frames; ++t)
                heard[walk->piece[i].start + t] = true;
    }
    for (size_t t = 0; t < layout.base; ++t)
        support_require(heard[t] == (t >= layout.warmup), "frame %zu", t);
    tc_walk_free(walk);
}
END_TEST

/* Pieces are grouped by halves of their length: as many rounds as there are halvings may mix two.
 */
START_TEST(pieces_of_a_round_are_of_similar_length)
{
    struct tc_walk *const walk = walk_new(&layouts[_i]);
    struct tc_random random = {17};
    size_t shortest = SIZE_MAX, longest = 0, mixed = 0;

    tc_walk_epoch(walk, &random);
    for (size_t r = 0; r < walk->n_rounds; ++r) {
        const struct tc_round *const round = &walk->round[r];
        size_t least = SIZE_MAX;

        for (size_t i = round->first; i < round->first + round->count; ++i)
            if (walk->piece[i].n_frames < least)
                least = walk->piece[i].n_frames;
        mixed += 2 * least < round->n_frames;
        shortest = least < shortest ? least : shortest;
        longest = round->n_frames > longest ? round->n_frames : longest;
    }
    ck_assert_uint_le(mixed, (size_t)ceil(log2((double)longest / (double)shortest)));
    tc_walk_free(walk);
}
END_TEST

START_TEST(clips_within_the_warm_up_give_no_piece)
{
    const struct layout *const layout = &layouts[9];
    struct tc_walk *const walk = walk_new(layout);

    for (size_t c = 0; c < layout->n_clips; ++c)
        ck_assert_int_eq(walk->clip_pieces[c] == 0, usable(layout, c) == 0);
    ck_assert_uint_eq(walk->clip_pieces[39], 0); /* 976 frames */
    ck_assert_uint_eq(walk->clip_pieces[40], 1); /* 1001 */
    tc_walk_free(walk);
}
END_TEST

/* 99000 frames for 17 lanes: 5824 each. */
START_TEST(one_long_clip_is_shared_out_to_all_lanes)
{
    struct tc_walk *const walk = walk_new(&layouts[0]);

    ck_assert_uint_eq(walk->n_pieces, 17);
    ck_assert_uint_eq(walk->n_rounds, 1);
    ck_assert_uint_eq(walk->lanes, 17);
    tc_walk_free(walk);
}
END_TEST

START_TEST(nothing_to_walk_is_refused)
{
    const struct layout layout = {"short", 3, 500, 250, 4, 1000, 16};
    struct tc_walk *walk = NULL;
    struct tc_error error;

    ck_assert_int_eq(try_walk(&layout, &walk, &error), TC_BAD_ARGUMENT);
    ck_assert_str_eq(error.message, "no training clip is longer than the warm-up of 1000 frames");
    ck_assert_ptr_null(walk);
    tc_walk_free(NULL);
}
END_TEST

/* Recordings of 4000 frames among sequences of 300 and 900, with loss from some frame on. */
START_TEST(sequences_are_walked_whole)
{
    const struct tc_train_options options = {.batch = 4, .warmup = (unsigned)_i, .truncate = 10};
    const struct tc_clip clips[] = {{.n_frames = 4000},
                                    {.n_frames = 300, .whole = true, .loss_from = 299},
                                    {.n_frames = 900, .whole = true},
                                    {.n_frames = 900, .whole = true, .loss_from = 40},
                                    {.n_frames = (size_t)_i, .whole = true}};
    struct tc_walk *walk = NULL;
    struct tc_random random = {4};

    ck_assert_int_eq(tc_walk_new(&walk, clips, 5, &options, NULL), TC_OK);
    ck_assert_uint_eq(walk->longest_loss, 4000 - (size_t)_i);
    ck_assert_uint_eq(walk->clip_pieces[4], 0);
    for (unsigned epoch = 0; epoch < 5; ++epoch) {
        unsigned met[5] = {0};

        tc_walk_epoch(walk, &random);
        for (size_t i = 0; i < walk->n_pieces; ++i) {
            const struct tc_piece *const piece = &walk->piece[i];

            ++met[piece->clip];
            if (piece->clip > 0) {
                ck_assert_uint_eq(piece->start, 0);
                ck_assert_uint_eq(piece->n_frames, clips[piece->clip].n_frames);
            }
        }
        ck_assert_uint_gt(met[0], 1);
        for (unsigned c = 1; c < 4; ++c)
            ck_assert_uint_eq(met[c], 1);
    }
    tc_walk_free(walk);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("walk");

    tcase_add_loop_test(tests, pieces_lie_in_their_clips_and_do_not_overlap, 0, LAYOUTS);
    tcase_add_loop_test(tests, an_epoch_hears_nearly_all_frames, 0, LAYOUTS);
    tcase_add_loop_test(tests, rounds_hold_every_piece_once, 0, LAYOUTS);
    tcase_add_loop_test(tests, lanes_are_those_of_the_largest_round, 0, LAYOUTS);
    tcase_add_loop_test(tests, pieces_are_worth_their_warm_up, 0, LAYOUTS);
    tcase_add_loop_test(tests, each_epoch_cuts_elsewhere, 0, 3);
    tcase_add_test(tests, each_epoch_walks_in_another_order);
    tcase_add_test(tests, rounds_are_shuffled);
    tcase_add_loop_test(tests, one_seed_gives_one_walk, 0, LAYOUTS);
    tcase_add_test(tests, every_frame_is_heard_in_time);
    tcase_add_loop_test(tests, pieces_of_a_round_are_of_similar_length, 0, LAYOUTS);
    tcase_add_test(tests, clips_within_the_warm_up_give_no_piece);
    tcase_add_test(tests, one_long_clip_is_shared_out_to_all_lanes);
    tcase_add_test(tests, nothing_to_walk_is_refused);
    tcase_add_loop_test(tests, sequences_are_walked_whole, 0, 3);
    return support_run(tests, "walk");
}
