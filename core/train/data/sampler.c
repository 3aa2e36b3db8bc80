#include "train/data/sampler.h"

#include <stdlib.h>

/* A piece shorter than this many chunks would spend too much on its warm-up. */
enum { MIN_CHUNKS = 4 };

static size_t usable(const struct tc_walk *walk, size_t clip)
{
    return walk->clip_frames[clip] > walk->warmup ? walk->clip_frames[clip] - walk->warmup : 0;
}

static size_t divide_up(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

static void count_pieces(struct tc_walk *walk, const struct tc_train_options *options)
{
    const size_t fair = divide_up(walk->loss_frames, options->batch);
    const size_t least = (size_t)MIN_CHUNKS * options->truncate;
    const size_t length = fair > least ? fair : least;

    for (size_t c = 0; c < walk->n_clips; ++c) {
        const size_t frames = usable(walk, c), rounded = (frames + length / 2) / length;
        const size_t pieces = walk->clip_whole[c] || !rounded ? 1 : rounded;

        walk->clip_pieces[c] = frames ? pieces : 0;
        walk->n_pieces += walk->clip_pieces[c];
        if (frames && frames / walk->clip_pieces[c] > walk->longest)
            walk->longest = frames / walk->clip_pieces[c];
    }
    walk->n_rounds = divide_up(walk->n_pieces, options->batch);
    walk->lanes = divide_up(walk->n_pieces, walk->n_rounds);
}

static enum tc_status fill_walk(struct tc_walk *walk, const struct tc_clip *clips,
                                const struct tc_train_options *options, struct tc_error *error)
{
    walk->clip_frames = calloc(walk->n_clips, sizeof *walk->clip_frames);
    walk->clip_pieces = calloc(walk->n_clips, sizeof *walk->clip_pieces);
    walk->clip_whole = calloc(walk->n_clips, sizeof *walk->clip_whole);
    if (!walk->clip_frames || !walk->clip_pieces || !walk->clip_whole)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %zu clips", walk->n_clips);
    for (size_t c = 0; c < walk->n_clips; ++c) {
        const size_t from = tc_clip_loss_from(&clips[c], walk->warmup);

        walk->clip_frames[c] = clips[c].n_frames;
        walk->clip_whole[c] = clips[c].whole;
        walk->loss_frames += usable(walk, c);
        if (clips[c].n_frames > from && clips[c].n_frames - from > walk->longest_loss)
            walk->longest_loss = clips[c].n_frames - from;
    }
    if (!walk->loss_frames)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "no training clip is longer than the warm-up of %u frames", options->warmup);
    count_pieces(walk, options);
    walk->piece = calloc(walk->n_pieces, sizeof *walk->piece);
    walk->round = calloc(walk->n_rounds, sizeof *walk->round);
    if (!walk->piece || !walk->round)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %zu pieces", walk->n_pieces);
    return TC_OK;
}

enum tc_status tc_walk_new(struct tc_walk **walk, const struct tc_clip *clips, size_t n_clips,
                           const struct tc_train_options *options, struct tc_error *error)
{
    struct tc_walk *const made = calloc(1, sizeof *made);
    enum tc_status status;

    if (!made)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a walk");
    made->warmup = options->warmup;
    made->n_clips = n_clips;
    status = fill_walk(made, clips, options, error);
    if (status) {
        tc_walk_free(made);
        return status;
    }
    *walk = made;
    return TC_OK;
}

void tc_walk_free(struct tc_walk *walk)
{
    if (!walk)
        return;
    free(walk->clip_frames);
    free(walk->clip_pieces);
    free(walk->clip_whole);
    free(walk->piece);
    free(walk->round);
    free(walk);
}

/* A clip's pieces lie end to end behind its warm-up, each with its own warm-up taken from the end
 * of the piece before. Unless whole, they start a random way in, at most a sixteenth of a piece,
 * whose frames this epoch leaves out. */
static struct tc_piece *cut_clip(const struct tc_walk *walk, size_t clip, struct tc_piece *piece,
                                 struct tc_random *random)
{
    const size_t frames = usable(walk, clip), count = walk->clip_pieces[clip];
    const size_t room = walk->clip_whole[clip] ? 0 : frames / count / 16;
    const size_t shift = tc_random_below(random, room + 1);
    const size_t length = (frames - shift) / count;

    for (size_t i = 0; i < count; ++i)
        *piece++ = (struct tc_piece){
            .clip = clip, .start = shift + i * length, .n_frames = walk->warmup + length};
    return piece;
}

static int longer_first(const void *a, const void *b)
{
    const struct tc_piece *const p = a, *const q = b;

    if (p->n_frames != q->n_frames)
        return p->n_frames < q->n_frames ? 1 : -1;
    if (p->clip != q->clip)
        return p->clip < q->clip ? -1 : 1;
    return (p->start > q->start) - (p->start < q->start);
}

static void swap_pieces(struct tc_piece *a, struct tc_piece *b)
{
    const struct tc_piece kept = *a;

    *a = *b;
    *b = kept;
}

/* Fisher and Yates. */
static void shuffle_pieces(struct tc_piece *piece, size_t n, struct tc_random *random)
{
    for (size_t i = n; i > 1; --i)
        swap_pieces(&piece[i - 1], &piece[tc_random_below(random, i)]);
}

/* Pieces of about the same length (to the power of two) keep their shuffled order, the longer
 * ones come first: a round then wastes little on lanes that wait for the longest. */
static void group_by_length(struct tc_walk *walk, struct tc_random *random)
{
    size_t start = 0;

    qsort(walk->piece, walk->n_pieces, sizeof *walk->piece, longer_first);
    for (size_t i = 1; i <= walk->n_pieces; ++i)
        if (i == walk->n_pieces || 2 * walk->piece[i].n_frames < walk->piece[start].n_frames) {
            shuffle_pieces(walk->piece + start, i - start, random);
            start = i;
        }
}

static void make_rounds(struct tc_walk *walk, struct tc_random *random)
{
    size_t first = 0;

    for (size_t r = 0; r < walk->n_rounds; ++r) {
        struct tc_round *const round = &walk->round[r];

        round->first = first;
        round->count = divide_up(walk->n_pieces - first, walk->n_rounds - r);
        round->n_frames = 0;
        first += round->count;
        for (size_t i = round->first; i < first; ++i)
            if (walk->piece[i].n_frames > round->n_frames)
                round->n_frames = walk->piece[i].n_frames;
    }
    for (size_t i = walk->n_rounds; i > 1; --i) {
        const size_t j = tc_random_below(random, i);
        const struct tc_round kept = walk->round[i - 1];

        walk->round[i - 1] = walk->round[j];
        walk->round[j] = kept;
    }
}

void tc_walk_epoch(struct tc_walk *walk, struct tc_random *random)
{
    struct tc_piece *piece = walk->piece;

    for (size_t c = 0; c < walk->n_clips; ++c)
        if (walk->clip_pieces[c])
            piece = cut_clip(walk, c, piece, random);
    group_by_length(walk, random);
    make_rounds(walk, random);
}
