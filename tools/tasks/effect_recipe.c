#include "tasks/effect_recipe.h"

#include "cli/given.h"

#include <math.h>

/* What they are based on: tests/bench/recipe.md. */
static const double segment_s = 2.0; /* of segments, where a recording gives enough */
static const double shortest_segment_s = 0.5;
static const double settling_s = 0.1;        /* before each segment, for its state */
static const double usual_work = 8e12;       /* weights times frames: 5 minutes on two cores */
static const double frame_overhead = 1000.0; /* of a frame, in weights */
static const double most_updates = 6e4;      /* more of them made a model that runs away */
static const unsigned anti_alias_epochs = 30;
static const double min_epochs = 50.0, max_epochs = 300.0;

enum { KERNEL_SEQUENCES = 8, MAX_SEQUENCES = 32 };

/* Segments of about this length in all clips. */
static double count_segments(const struct clip_set *train, size_t warmup, double length)
{
    double n = 0.0;

    for (size_t i = 0; i < train->n; ++i)
        if (train->clip[i].n_frames > warmup)
            n += fmax(1.0, rint((double)(train->clip[i].n_frames - warmup) / length));
    return n;
}

/* As few sequences as make segments of two seconds, in whole blocks of the kernels; fewer than a
 * block only where segments would be very short. */
static unsigned batch_size(const struct clip_set *train, size_t warmup, double rate_hz)
{
    const double blocks =
        floor(count_segments(train, warmup, segment_s * rate_hz) / KERNEL_SEQUENCES);
    const double shortest = count_segments(train, warmup, shortest_segment_s * rate_hz);

    if (blocks >= 1.0)
        return (unsigned)fmin(blocks * KERNEL_SEQUENCES, MAX_SEQUENCES);
    return (unsigned)fmax(1.0, fmin(shortest, KERNEL_SEQUENCES));
}

static unsigned segment_warmup(const struct tc_train_options *options, double rate_hz)
{
    return (unsigned)fmax(options->warmup, rint(settling_s * rate_hz));
}

/* An epoch's work is its frames times the network's weights, and its updates are one for each chunk
 * of all sequences. */
static unsigned epochs(const struct tc_train_options *options, const struct clip_set *train,
                       const struct tc_architecture *arch)
{
    const double frames = clip_set_frames(train);
    const double updates = frames / ((double)options->batch * options->truncate);
    size_t weights;
    double n;

    tc_architecture_tensors(arch, NULL, &weights);
    n = fmin(usual_work / (((double)weights + frame_overhead) * frames), most_updates / updates);
    return (unsigned)fmin(fmax(rint(n), min_epochs), max_epochs);
}

void effect_recipe_set(struct tc_train_options *options, const struct train_arguments *arguments,
                       const struct clip_set *train, double rate_hz,
                       const struct tc_architecture *arch)
{
    const bool has_length = arguments->effort != EFFORT_BEST && !is_given(arguments->patience);

    if (!is_given(arguments->batch))
        options->batch = batch_size(train, options->warmup, rate_hz);
    if (!is_given(arguments->segment_warmup) && !is_given(arguments->warmup))
        options->segment_warmup = segment_warmup(options, rate_hz);
    if (!is_given(arguments->schedule) && has_length)
        options->schedule = TC_SCHEDULE_COSINE;
    if (!is_given(arguments->epochs) && has_length && options->schedule == TC_SCHEDULE_COSINE)
        options->epochs = arguments->anti_alias ? anti_alias_epochs : epochs(options, train, arch);
}
