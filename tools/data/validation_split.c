#include "data/validation_split.h"

#include "cli/talk.h"

#include <math.h>

/* The fraction of the frames that validates. */
static const double val_fraction = 0.15;

/* A clip's last part validates if it is at least so many times the warm-up; else whole clips do. */
enum { MIN_VAL_WARMUPS = 2 };

/* The last frames of every training clip become a validation clip. */
static void cut_ends(struct clip_set *train, struct clip_set *val)
{
    for (size_t i = 0; i < train->n; ++i) {
        struct tc_clip *const clip = &train->clip[i];
        const size_t val_frames = (size_t)((double)clip->n_frames * val_fraction);
        struct clip_source s = train->source[i];

        clip->n_frames -= val_frames;
        s.start += clip->n_frames;
        s.input += clip->n_frames;
        s.target += clip->n_frames;
        clip_set_append(val, &s, clip->knob, val_frames);
    }
    talk_say(NULL, "the last %.0f %% of each recording validate%s", 100.0 * val_fraction,
             train->n == 1 ? "s" : "");
}

/* The last clips validate, as few as have that fraction of all frames. */
static void move_clips(struct clip_set *train, struct clip_set *val)
{
    const double total = clip_set_frames(train);
    double moved = 0.0;
    size_t first = train->n;

    do {
        --first;
        moved += (double)train->clip[first].n_frames;
    } while (first > 1 && moved < total * val_fraction);
    for (size_t i = first; i < train->n; ++i)
        clip_set_append(val, &train->source[i], train->clip[i].knob, train->clip[i].n_frames);
    talk_say(NULL, "the last %zu of %zu clips validate", train->n - first, train->n);
    train->n = first;
}

enum tc_status validation_split(struct clip_set *train, struct clip_set *val, size_t warmup,
                                struct tc_error *error)
{
    size_t shortest = SIZE_MAX;

    for (size_t i = 0; i < train->n; ++i)
        shortest = train->clip[i].n_frames < shortest ? train->clip[i].n_frames : shortest;
    if ((double)shortest * val_fraction >= (double)(MIN_VAL_WARMUPS * warmup + 1)) {
        cut_ends(train, val);
        return TC_OK;
    }
    if (train->n > 1) {
        move_clips(train, val);
        return TC_OK;
    }
    return tc_fail(error, TC_BAD_VALUE,
                   "%s: %zu frames are too few to train and validate on, expected at least %.0f "
                   "with a warm-up of %zu",
                   train->source->row->input, shortest,
                   ceil((double)(MIN_VAL_WARMUPS * warmup + 1) / val_fraction), warmup);
}
