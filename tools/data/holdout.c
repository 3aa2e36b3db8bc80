#include "data/holdout.h"

#include "cli/talk.h"

#include <math.h>

/* Of the training clips, without a split. */
static const double val_part = 0.15;

/* A clip's last part validates if it is at least so many times the warm-up; else whole clips do. */
enum { MIN_VAL_WARMUPS = 2 };

/* The last frames of every training clip become a validation clip. */
static void cut_ends(struct dataset *data)
{
    struct dataset_part *const train = &data->part[SPLIT_TRAIN];

    for (size_t i = 0; i < train->n; ++i) {
        struct tc_clip *const clip = &train->clip[i];
        const size_t val = (size_t)((double)clip->n_frames * val_part);
        struct dataset_source s = train->source[i];

        clip->n_frames -= val;
        s.start += clip->n_frames;
        s.input += clip->n_frames;
        s.target += clip->n_frames;
        dataset_append(&data->part[SPLIT_VAL], &s, clip->knob, val);
    }
    talk_say(NULL, "the last %.0f %% of each recording validate%s", 100.0 * val_part,
             train->n == 1 ? "s" : "");
}

/* The last clips validate, as many as come nearest to that part of all frames. */
static void move_clips(struct dataset *data)
{
    struct dataset_part *const train = &data->part[SPLIT_TRAIN];
    double total = 0.0, moved = 0.0;
    size_t first = train->n;

    for (size_t i = 0; i < train->n; ++i)
        total += (double)train->clip[i].n_frames;
    do {
        --first;
        moved += (double)train->clip[first].n_frames;
    } while (first > 1 && moved < total * val_part);
    for (size_t i = first; i < train->n; ++i)
        dataset_append(&data->part[SPLIT_VAL], &train->source[i], train->clip[i].knob,
                       train->clip[i].n_frames);
    talk_say(NULL, "the last %zu of %zu clips validate", train->n - first, train->n);
    train->n = first;
}

enum tc_status holdout_make(struct dataset *data, size_t warmup, struct tc_error *error)
{
    const struct dataset_part *const train = &data->part[SPLIT_TRAIN];
    size_t shortest = SIZE_MAX;

    for (size_t i = 0; i < train->n; ++i)
        shortest = train->clip[i].n_frames < shortest ? train->clip[i].n_frames : shortest;
    if ((double)shortest * val_part >= (double)(MIN_VAL_WARMUPS * warmup + 1)) {
        cut_ends(data);
        return TC_OK;
    }
    if (train->n > 1) {
        move_clips(data);
        return TC_OK;
    }
    return tc_fail(error, TC_BAD_VALUE,
                   "%s: %zu frames are too few to train and validate on, expected at least %.0f "
                   "with a warm-up of %zu",
                   train->source->row->input, shortest,
                   ceil((double)(MIN_VAL_WARMUPS * warmup + 1) / val_part), warmup);
}
