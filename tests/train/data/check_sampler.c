#include "tests/support/support.h"
#include "train/data/sampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Each epoch cuts the clips into new segments: after the warm-ups every frame is used at most once,
 * nearly all are used, and the sequences of a batch are of similar length. */

enum { MAX_CLIPS = 200, EPOCHS = 20 };

/** Clips and options to try. Clip c has base + c * more frames. */
struct sampler_case {
    const char *name;
    size_t n_clips, base, more;
    unsigned batch, warmup, truncate;
    unsigned segment_warmup; /* 0: as the clips' */
};

static const struct sampler_case cases[] = {
    {"one long clip", 1, 100000, 0, 17, 1000, 64, 0},
    {"one long clip, one sequence", 1, 100000, 0, 1, 1000, 64, 0},
    {"one long clip, no warm-up", 1, 100001, 0, 33, 0, 128, 0},
    {"a clip too short for its batch", 1, 5000, 0, 64, 1000, 256, 0},
    {"one frame after the warm-up", 1, 1001, 0, 64, 1000, 256, 0},
    {"two clips", 2, 50000, 13, 5, 300, 64, 0},
    {"many short clips", MAX_CLIPS, 2000, 0, 16, 500, 256, 0},
    {"many clips of many lengths", MAX_CLIPS, 400, 301, 33, 500, 64, 0},
    {"many batches", MAX_CLIPS, 400, 301, 4, 500, 64, 0},
    {"mostly shorter than the warm-up", 50, 1, 25, 8, 1000, 16, 0},
    {"more sequences than frames", 3, 10, 1, 4096, 4, 1, 0},
    {"a longer warm-up of segments", 3, 20000, 500, 16, 300, 64, 4000},
    {"clips shorter than the segments' warm-up", 20, 900, 10, 16, 300, 64, 4000},
    {"clips that round up", 4, 10500, 0, 10, 500, 16, 0},
};
enum { CASES = sizeof cases / sizeof *cases };

static size_t usable(const struct sampler_case *tried, size_t clip)
{
    const size_t n = tried->base + clip * tried->more;

    return n > tried->warmup ? n - tried->warmup : 0;
}

static size_t segment_warmup(const struct sampler_case *tried)
{
    return tried->segment_warmup > 0 ? tried->segment_warmup : tried->warmup;
}

/* The clip's frame after a segment's last, and its first after the warm-up. */
static size_t end_of(const struct tc_segment *segment)
{
    return (size_t)(segment->start + (ptrdiff_t)segment->n_frames);
}

static size_t own_start(const struct sampler_case *tried, const struct tc_segment *segment)
{
    return (size_t)(segment->start + (ptrdiff_t)segment_warmup(tried));
}

static size_t all_usable(const struct sampler_case *tried)
{
    size_t sum = 0;

    for (size_t c = 0; c < tried->n_clips; ++c)
        sum += usable(tried, c);
    return sum;
}

static enum tc_status try_sampler(const struct sampler_case *tried, struct tc_sampler **sampler,
                                  struct tc_error *error)
{
    const struct tc_train_options options = {.batch = tried->batch,
                                             .warmup = tried->warmup,
                                             .segment_warmup = tried->segment_warmup,
                                             .truncate = tried->truncate};
    static struct tc_clip clips[MAX_CLIPS];

    for (size_t c = 0; c < tried->n_clips; ++c)
        clips[c].n_frames = tried->base + c * tried->more;
    return tc_sampler_new(sampler, clips, tried->n_clips, &options, error);
}

static struct tc_sampler *sampler_new(const struct sampler_case *tried)
{
    struct tc_sampler *sampler = NULL;
    struct tc_error error = {""};

    ck_assert_msg(try_sampler(tried, &sampler, &error) == TC_OK, "%s", error.message);
    return sampler;
}

/* Order by the position in the recordings, for qsort(). */
static int by_position(const void *a, const void *b)
{
    const struct tc_segment *const p = a, *const q = b;

    if (p->clip != q->clip)
        return p->clip < q->clip ? -1 : 1;
    return (p->start > q->start) - (p->start < q->start);
}

/* The segments of the current epoch in the order of the recordings; to be freed. */
static struct tc_segment *sorted_segments(const struct tc_sampler *sampler)
{
    struct tc_segment *const segments = support_zeros(sampler->n_segments, sizeof *segments);

    memcpy(segments, sampler->segment, sampler->n_segments * sizeof *segments);
    qsort(segments, sampler->n_segments, sizeof *segments, by_position);
    return segments;
}

START_TEST(segments_lie_in_their_clips_and_do_not_overlap)
{
    const struct sampler_case *const tried = &cases[_i];
    struct tc_sampler *const sampler = sampler_new(tried);
    struct tc_random random = {7};

    for (unsigned epoch = 0; epoch < EPOCHS; ++epoch) {
        struct tc_segment *segments;

        tc_sampler_next_epoch(sampler, &random);
        segments = sorted_segments(sampler);
        for (size_t i = 0; i < sampler->n_segments; ++i) {
            const struct tc_segment *const p = &segments[i];

            support_require(p->clip < tried->n_clips, "segment %zu of clip %zu", i, p->clip);
            support_require(p->n_frames > segment_warmup(tried), "%s: segment %zu is all warm-up",
                            tried->name, i);
            support_require(own_start(tried, p) >= tried->warmup,
                            "%s: segment %zu trains from frame %zu on", tried->name, i,
                            own_start(tried, p));
            support_require(end_of(p) <= usable(tried, p->clip) + tried->warmup,
                            "%s: segment %zu ends at %zu", tried->name, i, end_of(p));
            support_require(i == 0 || p[-1].clip != p->clip ||
                                end_of(&p[-1]) <= own_start(tried, p),
                            "%s: segments %zu and %zu share frames", tried->name, i - 1, i);
        }
        free(segments);
    }
    tc_sampler_free(sampler);
}
END_TEST

START_TEST(an_epoch_trains_on_nearly_all_frames)
{
    const struct sampler_case *const tried = &cases[_i];
    struct tc_sampler *const sampler = sampler_new(tried);
    const size_t all = all_usable(tried);
    struct tc_random random = {8};

    ck_assert_uint_eq(sampler->loss_frames, all);
    for (unsigned epoch = 0; epoch < EPOCHS; ++epoch) {
        size_t used = 0;

        tc_sampler_next_epoch(sampler, &random);
        for (size_t i = 0; i < sampler->n_segments; ++i)
            used += sampler->segment[i].n_frames - segment_warmup(tried);
        ck_assert_uint_le(used, all);
        /* A sixteenth of one segment per clip, and less than a frame of each segment. */
        ck_assert_uint_ge(used + all / 16 + sampler->n_segments, all);
    }
    tc_sampler_free(sampler);
}
END_TEST

START_TEST(batches_contain_every_segment_once)
{
    const struct sampler_case *const tried = &cases[_i];
    struct tc_sampler *const sampler = sampler_new(tried);
    struct tc_random random = {9};

    for (unsigned epoch = 0; epoch < EPOCHS; ++epoch) {
        unsigned *const count = support_zeros(sampler->n_segments, sizeof *count);

        tc_sampler_next_epoch(sampler, &random);
        for (size_t b = 0; b < sampler->n_batches; ++b) {
            const struct tc_batch *const batch = &sampler->batch[b];
            size_t longest = 0;

            ck_assert_uint_le(batch->first + batch->count, sampler->n_segments);
            for (size_t i = batch->first; i < batch->first + batch->count; ++i) {
                ++count[i];
                if (sampler->segment[i].n_frames > longest)
                    longest = sampler->segment[i].n_frames;
            }
            ck_assert_uint_eq(batch->n_frames, longest);
        }
        for (size_t i = 0; i < sampler->n_segments; ++i)
            support_require(count[i] == 1, "%s: segment %zu is in %u batches", tried->name, i,
                            count[i]);
        free(count);
    }
    tc_sampler_free(sampler);
}
END_TEST

/* The largest batch uses all sequences, every other at most one less. */
START_TEST(sequence_count_is_that_of_the_largest_batch)
{
    const struct sampler_case *const tried = &cases[_i];
    struct tc_sampler *const sampler = sampler_new(tried);
    struct tc_random random = {10};
    size_t most = 0, fewest = SIZE_MAX;

    ck_assert_uint_ge(sampler->n_sequences, 1);
    ck_assert_uint_le(sampler->n_sequences, tried->batch);
    tc_sampler_next_epoch(sampler, &random);
    for (size_t b = 0; b < sampler->n_batches; ++b) {
        most = sampler->batch[b].count > most ? sampler->batch[b].count : most;
        fewest = sampler->batch[b].count < fewest ? sampler->batch[b].count : fewest;
    }
    ck_assert_uint_eq(sampler->n_sequences, most);
    ck_assert_uint_le(most - fewest, 1);
    tc_sampler_free(sampler);
}
END_TEST

/* At least four chunks, or the whole clip; the rounding to whole segments may take a third. */
START_TEST(segments_are_at_least_four_chunks_long)
{
    const struct sampler_case *const tried = &cases[_i];
    struct tc_sampler *const sampler = sampler_new(tried);
    struct tc_random random = {11};

    tc_sampler_next_epoch(sampler, &random);
    for (size_t i = 0; i < sampler->n_segments; ++i) {
        const struct tc_segment *const p = &sampler->segment[i];
        const double length = (double)(p->n_frames - segment_warmup(tried));

        support_require(length >= 2.0 / 3.0 * 15.0 / 16.0 * 4.0 * tried->truncate - 1.0 ||
                            sampler->clip_segments[p->clip] == 1,
                        "%s: a segment of %g frames in chunks of %u", tried->name, length,
                        tried->truncate);
    }
    tc_sampler_free(sampler);
}
END_TEST

static bool same_segments(const struct tc_segment *a, const struct tc_segment *b, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        if (a[i].clip != b[i].clip || a[i].start != b[i].start || a[i].n_frames != b[i].n_frames)
            return false;
    return true;
}

START_TEST(every_epoch_cuts_at_other_positions)
{
    struct tc_sampler *const sampler = sampler_new(&cases[_i]);
    struct tc_random random = {12};
    struct tc_segment *before;

    tc_sampler_next_epoch(sampler, &random);
    before = sorted_segments(sampler);
    for (unsigned epoch = 1; epoch < EPOCHS; ++epoch) {
        struct tc_segment *now;

        tc_sampler_next_epoch(sampler, &random);
        now = sorted_segments(sampler);
        ck_assert(!same_segments(before, now, sampler->n_segments));
        free(before);
        before = now;
    }
    free(before);
    tc_sampler_free(sampler);
}
END_TEST

/* Of clips of equal length only the order differs. */
START_TEST(every_epoch_has_another_order)
{
    struct tc_sampler *const sampler = sampler_new(&cases[6]);
    struct tc_random random = {13};
    size_t first[EPOCHS], same = 0;

    for (unsigned epoch = 0; epoch < EPOCHS; ++epoch) {
        tc_sampler_next_epoch(sampler, &random);
        first[epoch] = sampler->segment[0].clip;
        same += epoch > 0 && first[epoch] == first[epoch - 1];
    }
    ck_assert_uint_le(same, 2);
    tc_sampler_free(sampler);
}
END_TEST

/* Long clips must not always come first: the order of batches changes as well. */
START_TEST(batches_are_shuffled)
{
    struct tc_sampler *const sampler = sampler_new(&cases[7]);
    struct tc_random random = {14};
    unsigned longest_first = 0;

    ck_assert_uint_ge(sampler->n_batches, 3);
    for (unsigned epoch = 0; epoch < EPOCHS; ++epoch) {
        tc_sampler_next_epoch(sampler, &random);
        longest_first += sampler->batch[0].first == 0;
    }
    ck_assert_uint_gt(longest_first, 0);
    ck_assert_uint_lt(longest_first, EPOCHS);
    tc_sampler_free(sampler);
}
END_TEST

START_TEST(one_seed_gives_one_order)
{
    struct tc_sampler *const a = sampler_new(&cases[_i]), *const b = sampler_new(&cases[_i]);
    struct tc_random random_a = {15}, random_b = {15};

    for (unsigned epoch = 0; epoch < 3; ++epoch) {
        tc_sampler_next_epoch(a, &random_a);
        tc_sampler_next_epoch(b, &random_b);
        ck_assert(same_segments(a->segment, b->segment, a->n_segments));
        for (size_t r = 0; r < a->n_batches; ++r)
            ck_assert_uint_eq(a->batch[r].first, b->batch[r].first);
    }
    tc_sampler_free(b);
    tc_sampler_free(a);
}
END_TEST

/* Every frame after the warm-up, the first and last too, is used in some epoch. */
START_TEST(every_frame_is_used_within_1000_epochs)
{
    const struct sampler_case tried = {"short", 1, 1500, 0, 3, 100, 16, _i == 0 ? 0 : 400};
    struct tc_sampler *const sampler = sampler_new(&tried);
    struct tc_random random = {16};
    bool used[1500] = {false};

    for (unsigned epoch = 0; epoch < 1000; ++epoch) {
        tc_sampler_next_epoch(sampler, &random);
        for (size_t i = 0; i < sampler->n_segments; ++i)
            for (size_t t = own_start(&tried, &sampler->segment[i]);
                 t < end_of(&sampler->segment[i]); ++t)
                used[t] = true;
    }
    for (size_t t = 0; t < tried.base; ++t)
        support_require(used[t] == (t >= tried.warmup), "frame %zu", t);
    tc_sampler_free(sampler);
}
END_TEST

/* Segments are grouped by powers of 2 of their length: at most one batch per power mixes two
 * groups. */
START_TEST(segments_of_a_batch_are_of_similar_length)
{
    struct tc_sampler *const sampler = sampler_new(&cases[_i]);
    struct tc_random random = {17};
    size_t shortest = SIZE_MAX, longest = 0, mixed = 0;

    tc_sampler_next_epoch(sampler, &random);
    for (size_t b = 0; b < sampler->n_batches; ++b) {
        const struct tc_batch *const batch = &sampler->batch[b];
        size_t least = SIZE_MAX;

        for (size_t i = batch->first; i < batch->first + batch->count; ++i)
            if (sampler->segment[i].n_frames < least)
                least = sampler->segment[i].n_frames;
        mixed += 2 * least < batch->n_frames;
        shortest = least < shortest ? least : shortest;
        longest = batch->n_frames > longest ? batch->n_frames : longest;
    }
    ck_assert_uint_le(mixed, (size_t)ceil(log2((double)longest / (double)shortest)));
    tc_sampler_free(sampler);
}
END_TEST

START_TEST(clips_within_the_warm_up_give_no_segment)
{
    const struct sampler_case *const tried = &cases[9];
    struct tc_sampler *const sampler = sampler_new(tried);

    for (size_t c = 0; c < tried->n_clips; ++c)
        ck_assert_int_eq(sampler->clip_segments[c] == 0, usable(tried, c) == 0);
    ck_assert_uint_eq(sampler->clip_segments[39], 0); /* 976 frames */
    ck_assert_uint_eq(sampler->clip_segments[40], 1); /* 1001 */
    tc_sampler_free(sampler);
}
END_TEST

/* 99000 frames for 17 sequences: 5824 each. */
START_TEST(one_long_clip_is_divided_among_all_sequences)
{
    struct tc_sampler *const sampler = sampler_new(&cases[0]);

    ck_assert_uint_eq(sampler->n_segments, 17);
    ck_assert_uint_eq(sampler->n_batches, 1);
    ck_assert_uint_eq(sampler->n_sequences, 17);
    tc_sampler_free(sampler);
}
END_TEST

/* 4 clips of 10000 frames for 10 sequences are 2.5 segments each; 3 would be two batches of 6. */
START_TEST(rounding_makes_no_second_batch)
{
    struct tc_sampler *const sampler = sampler_new(&cases[CASES - 1]);

    ck_assert_uint_eq(sampler->n_segments, 8);
    ck_assert_uint_eq(sampler->n_batches, 1);
    tc_sampler_free(sampler);
}
END_TEST

START_TEST(clips_without_frames_after_the_warm_up_are_refused)
{
    const struct sampler_case tried = {"short", 3, 500, 250, 4, 1000, 16, 0};
    struct tc_sampler *sampler = NULL;
    struct tc_error error;

    ck_assert_int_eq(try_sampler(&tried, &sampler, &error), TC_BAD_ARGUMENT);
    ck_assert_str_eq(error.message, "no training clip is longer than the warm-up of 1000 frames");
    ck_assert_ptr_null(sampler);
    tc_sampler_free(NULL);
}
END_TEST

/* A recording of 4000 frames among sequences of 300 and 900, some with loss in a part of them. */
START_TEST(every_sequence_is_one_segment)
{
    const struct tc_train_options options = {.batch = 4, .warmup = (unsigned)_i, .truncate = 10};
    const struct tc_clip clips[] = {{.n_frames = 4000},
                                    {.n_frames = 300, .whole = true, .loss_from = 299},
                                    {.n_frames = 900, .whole = true},
                                    {.n_frames = 900, .whole = true, .loss_from = 40},
                                    {.n_frames = (size_t)_i, .whole = true}};
    struct tc_sampler *sampler = NULL;
    struct tc_random random = {4};

    ck_assert_int_eq(tc_sampler_new(&sampler, clips, 5, &options, NULL), TC_OK);
    ck_assert_uint_eq(sampler->longest_loss, 4000 - (size_t)_i);
    ck_assert_uint_eq(sampler->clip_segments[4], 0);
    for (unsigned epoch = 0; epoch < 5; ++epoch) {
        unsigned count[5] = {0};

        tc_sampler_next_epoch(sampler, &random);
        for (size_t i = 0; i < sampler->n_segments; ++i) {
            const struct tc_segment *const segment = &sampler->segment[i];

            ++count[segment->clip];
            if (segment->clip > 0) {
                ck_assert_int_eq(segment->start, 0);
                ck_assert_uint_eq(segment->n_frames, clips[segment->clip].n_frames);
            }
        }
        ck_assert_uint_gt(count[0], 1);
        for (unsigned c = 1; c < 4; ++c)
            ck_assert_uint_eq(count[c], 1);
    }
    tc_sampler_free(sampler);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("sampler");

    tcase_add_loop_test(tests, segments_lie_in_their_clips_and_do_not_overlap, 0, CASES);
    tcase_add_loop_test(tests, an_epoch_trains_on_nearly_all_frames, 0, CASES);
    tcase_add_loop_test(tests, batches_contain_every_segment_once, 0, CASES);
    tcase_add_loop_test(tests, sequence_count_is_that_of_the_largest_batch, 0, CASES);
    tcase_add_loop_test(tests, segments_are_at_least_four_chunks_long, 0, CASES);
    tcase_add_loop_test(tests, every_epoch_cuts_at_other_positions, 0, 3);
    tcase_add_test(tests, every_epoch_has_another_order);
    tcase_add_test(tests, batches_are_shuffled);
    tcase_add_loop_test(tests, one_seed_gives_one_order, 0, CASES);
    tcase_add_loop_test(tests, every_frame_is_used_within_1000_epochs, 0, 2);
    tcase_add_loop_test(tests, segments_of_a_batch_are_of_similar_length, 0, CASES);
    tcase_add_test(tests, clips_within_the_warm_up_give_no_segment);
    tcase_add_test(tests, one_long_clip_is_divided_among_all_sequences);
    tcase_add_test(tests, rounding_makes_no_second_batch);
    tcase_add_test(tests, clips_without_frames_after_the_warm_up_are_refused);
    tcase_add_loop_test(tests, every_sequence_is_one_segment, 0, 3);
    return support_run(tests, "sampler");
}
