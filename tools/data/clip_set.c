#include "data/clip_set.h"

#include <stdlib.h>
#include <string.h>

void clip_set_free(struct clip_set *set)
{
    free(set->clip);
    free(set->source);
    *set = (struct clip_set){0};
}

/* The clips point into the sources, which may have moved. */
static enum tc_status grow(struct clip_set *set, struct tc_error *error)
{
    const size_t capacity = set->capacity > 0 ? 2 * set->capacity : 16;
    struct tc_clip *const clip = realloc(set->clip, capacity * sizeof *clip);
    struct clip_source *source;

    if (clip == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu clips", capacity);
    set->clip = clip;
    source = realloc(set->source, capacity * sizeof *source);
    if (source == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu clips", capacity);
    set->source = source;
    set->capacity = capacity;
    for (size_t i = 0; i < set->n; ++i) {
        clip[i].input = source[i].input;
        clip[i].target = &source[i].target;
    }
    return TC_OK;
}

enum tc_status clip_set_append(struct clip_set *set, const struct clip_source *source,
                               const float *knob, size_t n_frames, struct tc_error *error)
{
    const enum tc_status status = set->n == set->capacity ? grow(set, error) : TC_OK;
    struct clip_source *s;
    struct tc_clip *clip;

    if (status != TC_OK)
        return status;
    s = &set->source[set->n];
    clip = &set->clip[set->n++];
    *s = *source;
    *clip = (struct tc_clip){
        .input = s->input, .target = &s->target, .n_frames = n_frames, .ignored = s->ignored};
    memcpy(clip->knob, knob, sizeof clip->knob);
    return TC_OK;
}

enum tc_status clip_set_append_part(struct clip_set *set, const struct clip_set *from, size_t index,
                                    size_t start, size_t stop, size_t warmup,
                                    struct tc_error *error)
{
    struct clip_source source = from->source[index];

    if (stop <= start + warmup)
        return TC_OK;
    source.start += start;
    source.input[0] += start;
    source.input[1] = source.input[1] != NULL ? source.input[1] + start : NULL;
    source.target += start;
    if (source.ignored != NULL)
        source.ignored += start;
    return clip_set_append(set, &source, from->clip[index].knob, stop - start, error);
}

double clip_set_frames(const struct clip_set *set)
{
    double frames = 0.0;

    for (size_t i = 0; i < set->n; ++i)
        frames += (double)set->clip[i].n_frames;
    return frames;
}
