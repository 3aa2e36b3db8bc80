#include "tasks/effect_teaching.h"

#include "cli/talk.h"
#include "data/silence.h"
#include "report/clip_output.h"
#include "report/training_record.h"
#include "tasks/effect_sines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const float four_times = 2.0f; /* of struct tc_controls.oversampling */
static const double margin_s = 1.0;   /* played before and after a clip, at most */

/* A teacher as it plays, with its control signal as an input in any case. */
struct teaching {
    const struct teacher *teacher;
    const struct dataset *data;
    struct clip_playing playing;
    struct tc_model *with_control; /* of a teacher whose control signal is a knob; else NULL */
    unsigned column[TC_MAX_KNOBS]; /* the number of each of its knobs among those of the
                                      recordings; TC_MAX_KNOBS: it is none of these */
};

/* ------------------------------------------------------------------ inputs */

static enum tc_status check_inputs(const struct effect_data *effect, const struct teacher *teacher,
                                   struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(teacher->model);
    const char *const control = tc_model_metadata(teacher->model)->control;
    const unsigned inputs = tc_model_control(teacher->model) == TC_CONTROL_AUDIO ? 2 : 1;

    if (arch->symbols > 0)
        return tc_fail(error, TC_BAD_SHAPE,
                       "%s: has an input of symbols, and cannot play recordings", teacher->path);
    if (strcmp(control, effect->control.name) != 0)
        return tc_fail(error, TC_BAD_SHAPE,
                       "%s: has the control signal '%s', but the recordings give '%s' (--control)",
                       teacher->path, control, effect->control.name);
    if (arch->audio_inputs != inputs || arch->outputs != 1)
        return tc_fail(error, TC_BAD_SHAPE,
                       "%s: has %u audio inputs and %u outputs, expected %u and 1", teacher->path,
                       arch->audio_inputs, arch->outputs, inputs);
    return TC_OK;
}

static unsigned find_column(const struct manifest *manifest, const char *knob)
{
    unsigned k = 0;

    while (k < manifest->n_knobs && strcasecmp(manifest->knob_name[k], knob) != 0)
        ++k;
    return k < manifest->n_knobs ? k : TC_MAX_KNOBS;
}

/* Find the knobs of the recordings among the teacher's. */
static enum tc_status find_knobs(struct teaching *t, const struct control *control,
                                 struct tc_error *error)
{
    const unsigned n = tc_model_architecture(t->playing.model)->knobs;
    const struct tc_knob *const knob = tc_model_metadata(t->playing.model)->knob;
    bool found[TC_MAX_KNOBS + 1] = {false};

    for (unsigned k = 0; k < n; ++k) {
        t->column[k] = find_column(&t->data->manifest, knob[k].name);
        found[t->column[k]] = true;
    }
    for (unsigned c = 0; c < t->data->manifest.n_knobs; ++c)
        if (!found[c] && strcmp(t->data->manifest.knob_name[c], control->name) != 0)
            return tc_fail(error, TC_BAD_SHAPE, "%s: has no knob '%s', which the recordings have",
                           t->teacher->path, t->data->manifest.knob_name[c]);
    return TC_OK;
}

static enum tc_status prepare(struct teaching *t, const struct effect_data *effect,
                              struct tc_error *error)
{
    const struct tc_model *const model = t->teacher->model;
    enum tc_status status = check_inputs(effect, t->teacher, error);

    t->data = &effect->recordings;
    t->playing = (struct clip_playing){.model = model, .rate_hz = effect->recordings.rate_hz};
    if (status == TC_OK && tc_model_control(model) == TC_CONTROL_KNOB) {
        status = tc_model_with_control_input(&t->with_control, model, error);
        t->playing.model = t->with_control;
    }
    if (status != TC_OK)
        return status;
    tc_controls_init(&t->playing.controls, t->playing.model);
    t->playing.controls.oversampling = t->teacher->anti_alias ? four_times : 0.0f;
    return find_knobs(t, &effect->control, error);
}

static enum tc_status set_knobs(struct teaching *t, const struct tc_clip *clip,
                                const struct manifest_row *row, struct tc_error *error)
{
    const unsigned n = tc_model_architecture(t->playing.model)->knobs;
    const struct tc_knob *const knob = tc_model_metadata(t->playing.model)->knob;
    char name[512];

    for (unsigned k = 0; k < n; ++k) {
        const float value =
            t->column[k] < TC_MAX_KNOBS ? clip->knob[t->column[k]] : knob[k].initial;

        if (value < knob[k].min || value > knob[k].max)
            return tc_fail(error, TC_BAD_VALUE,
                           "%s: has the knob '%s' from %g to %g, but in %s it is %g",
                           t->teacher->path, knob[k].name, (double)knob[k].min, (double)knob[k].max,
                           manifest_row_name(&t->data->manifest, row, name), (double)value);
        t->playing.controls.knob[k] = value;
    }
    return TC_OK;
}

/* ------------------------------------------------------------------ clips */

/* A clip with what its recording has before and after it. */
struct surroundings {
    size_t before, frames; /* frames: in all */
};

static struct surroundings surroundings_of(const struct teaching *t, const struct clip_set *set,
                                           size_t index)
{
    const struct clip_source *const source = &set->source[index];
    const size_t wanted = (size_t)(margin_s * t->playing.rate_hz), n = set->clip[index].n_frames;
    const size_t before = source->start < wanted ? source->start : wanted;
    const size_t left = source->n_recorded - source->start - n;

    return (struct surroundings){before, before + n + (left < wanted ? left : wanted)};
}

static bool is_taught(const struct teaching *t, const struct clip_set *set, size_t index, bool all)
{
    return all || t->teacher->anti_alias || set->source[index].row->is_dry;
}

/* Play a clip and what is around it; the output becomes its target. The filters of a player that
 * converts the rate need what comes after for the last frames. */
static enum tc_status teach_clip(struct teaching *t, struct clip_set *set, size_t index,
                                 float *output, struct tc_error *error)
{
    struct clip_source *const source = &set->source[index];
    struct tc_clip *const clip = &set->clip[index];
    const struct surroundings s = surroundings_of(t, set, index);
    const float *const in[2] = {source->input[0] - s.before,
                                source->input[1] != NULL ? source->input[1] - s.before : NULL};
    const struct tc_clip played = {.input = in, .n_frames = s.frames};
    struct tc_error inner;
    enum tc_status status = set_knobs(t, clip, source->row, error);

    if (status != TC_OK)
        return status;
    status = clip_output(&t->playing, &played, output, &inner);
    if (status != TC_OK)
        return tc_fail(error, status, "%s: %s", t->teacher->path, inner.message);
    source->target = output + s.before;
    source->ignored = NULL;
    clip->ignored = NULL;
    return TC_OK;
}

/* The targets of all clips of a set, or of those alone that have none; *memory becomes theirs. */
static enum tc_status teach_set(struct teaching *t, struct clip_set *set, bool all, float **memory,
                                struct tc_error *error)
{
    size_t frames = 0;
    enum tc_status status = TC_OK;
    float *output;

    for (size_t i = 0; i < set->n; ++i)
        if (is_taught(t, set, i, all))
            frames += surroundings_of(t, set, i).frames;
    if (frames == 0)
        return TC_OK;
    output = *memory = malloc(frames * sizeof *output);
    if (output == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu frames of %s", frames,
                       t->teacher->path);
    for (size_t i = 0; i < set->n && status == TC_OK; ++i)
        if (is_taught(t, set, i, all)) {
            status = teach_clip(t, set, i, output, error);
            output += surroundings_of(t, set, i).frames;
        }
    return status;
}

/* A silent target teaches nothing, and no score can be relative to it. */
static enum tc_status check_output(const struct teaching *t, const struct clip_set *set,
                                   struct tc_error *error)
{
    for (size_t i = 0; i < set->n; ++i)
        if (!signal_is_constant(signal_range(set->source[i].target, set->clip[i].n_frames)))
            return TC_OK;
    return tc_fail(error, TC_BAD_VALUE, "%s: its output is constant on all that trains",
                   t->teacher->path);
}

/* A model of clips without a recorded target is as late as its teacher. */
static void set_delays(const struct teaching *t, struct clip_set *set)
{
    const double delay_s = training_record_delay_s(tc_model_metadata(t->teacher->model));

    for (size_t i = 0; i < set->n; ++i)
        if (set->source[i].row->is_dry) {
            set->source[i].delay = isnan(delay_s) ? 0 : lround(delay_s * t->playing.rate_hz);
            set->source[i].delay_unknown = isnan(delay_s);
        }
}

/* ------------------------------------------------------------------ all of it */

static enum tc_status keep_recorded(struct dataset *data, struct tc_error *error)
{
    const struct clip_set *const val = &data->clips[CLIPS_VAL];
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < val->n && status == TC_OK; ++i)
        if (!val->source[i].row->is_dry)
            status = clip_set_append_part(&data->clips[CLIPS_SCORED], val, i, 0,
                                          val->clip[i].n_frames, 0, error);
    return status;
}

static enum tc_status teach(struct teaching *t, struct effect_data *effect, struct tc_error *error)
{
    struct clip_set *const sets = effect->recordings.clips;
    enum tc_status status = prepare(t, effect, error);

    if (status == TC_OK && t->teacher->anti_alias)
        status = keep_recorded(&effect->recordings, error);
    if (status == TC_OK && t->teacher->anti_alias)
        status = effect_add_sines(effect, error);
    if (status == TC_OK)
        status = teach_set(t, &sets[CLIPS_TRAIN], true, &effect->taught[CLIPS_TRAIN], error);
    if (status == TC_OK)
        status = teach_set(t, &sets[CLIPS_VAL], false, &effect->taught[CLIPS_VAL], error);
    if (status == TC_OK)
        status = check_output(t, &sets[CLIPS_TRAIN], error);
    for (size_t i = 0; i < sets[CLIPS_VAL].n; ++i)
        effect->n_taught_val += is_taught(t, &sets[CLIPS_VAL], i, false);
    set_delays(t, &sets[CLIPS_TRAIN]);
    set_delays(t, &sets[CLIPS_VAL]);
    return status;
}

static void report(const struct effect_data *effect, const struct teacher *teacher)
{
    const size_t n = effect->n_taught_val;

    if (teacher->anti_alias)
        talk_say(teacher->path, "its output at four times the sample rate, on sines, too, is what "
                                "the model learns and is validated against");
    else
        talk_say(teacher->path, "its output is what the model learns; the validation is against %s",
                 n == 0                                      ? "the recordings"
                 : n < effect->recordings.clips[CLIPS_VAL].n ? "the recordings, and its output "
                                                               "where there are none"
                                                             : "its output, too");
}

enum tc_status effect_teach(struct effect_data *effect, const struct teacher *teacher,
                            struct tc_error *error)
{
    struct teaching t = {.teacher = teacher};
    const enum tc_status status = teach(&t, effect, error);

    tc_model_free(t.with_control);
    if (status == TC_OK)
        report(effect, teacher);
    return status;
}

void effect_teaching_free(struct effect_data *effect)
{
    for (unsigned i = 0; i < N_CLIP_SETS; ++i)
        free(effect->taught[i]);
    effect_sines_free(effect);
}
