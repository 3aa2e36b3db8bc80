/** @file
 *  Which stretch of which clip each parallel stream walks along.
 *
 *  Every epoch the clips are cut into pieces of about equal length, at places that differ from
 *  epoch to epoch. A piece begins with `warmup` frames without loss, so that what is cut off from
 *  the state before it has settled. Clips that are whole give one piece, from their first frame
 *  on. A round is a group of pieces, one per lane, walked together; pieces of one round are of
 *  similar length. */
#ifndef TC_WALK_H
#define TC_WALK_H

#include "tonecell-train.h"
#include "train/data/random.h"

struct tc_piece {
    size_t clip, start; /* start: the clip's frame at which the warm-up begins */
    size_t n_frames;    /* including the warm-up */
};

struct tc_round {
    size_t first, count; /* pieces */
    size_t n_frames;     /* of the longest */
};

struct tc_walk {
    size_t warmup, lanes; /* lanes: pieces in the largest round */
    size_t n_clips, n_pieces, n_rounds;
    size_t *clip_frames, *clip_pieces; /* [n_clips] */
    bool *clip_whole;                  /* [n_clips] */
    struct tc_piece *piece;            /* [n_pieces] */
    struct tc_round *round;            /* [n_rounds] */
    size_t loss_frames;                /* of an epoch, roughly: those behind the warm-up */
    size_t longest_loss;               /* most frames of a clip that carry loss */
    size_t longest;                    /* frames behind the warm-up in any piece, at most */
};

/** The first frame of a clip that carries loss. */
static inline size_t tc_clip_loss_from(const struct tc_clip *clip, size_t warmup)
{
    return clip->loss_from > warmup ? clip->loss_from : warmup;
}

/** Decide how many pieces each clip gives. Clips not longer than the warm-up give none; at least
 *  one clip must be longer. Errors: TC_NO_MEMORY, TC_BAD_ARGUMENT (all clips too short). */
enum tc_status tc_walk_new(struct tc_walk **walk, const struct tc_clip *clips, size_t n_clips,
                           const struct tc_train_options *options, struct tc_error *error);
void tc_walk_free(struct tc_walk *walk);

/** Cut and shuffle for a new epoch: fills piece and round. */
void tc_walk_epoch(struct tc_walk *walk, struct tc_random *random);

#endif
