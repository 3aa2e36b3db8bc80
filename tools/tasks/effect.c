#include "tasks/effect.h"

#include "cli/paths.h"
#include "cli/talk.h"
#include "data/knob_range.h"
#include "tasks/effect_recipe.h"
#include "tasks/effect_teaching.h"
#include "tasks/train_arguments.h"

#include <stdlib.h>
#include <string.h>

/* With a teacher the only file may be DRY alone. */
static bool is_dry_alone(const struct train_arguments *arguments, unsigned n_operands)
{
    const bool has_teacher = arguments->teacher != NULL || arguments->anti_alias;

    return has_teacher && arguments->manifest == NULL && n_operands == 1;
}

/* As far as that is possible without the recordings. */
static int check_knob_ranges(const struct command *self, const struct train_arguments *arguments,
                             const struct control *control)
{
    struct manifest manifest = {0};
    int status = 0;

    if (arguments->effect.knob_ranges.n == 0)
        return 0;
    /* A manifest that cannot be read is reported when it is loaded. */
    if (arguments->manifest == NULL ||
        manifest_load(&manifest, arguments->manifest, MANIFEST_PAIRS_OR_DRY, NULL) == TC_OK)
        status = knob_ranges_check(self, &manifest, control->is_knob ? control->name : "",
                                   &arguments->effect.knob_ranges);
    manifest_free(&manifest);
    return status;
}

static int check_options(const struct command *self, const struct train_arguments *arguments,
                         unsigned n_operands, char **operands)
{
    struct control control;
    const char *wrong;
    int status = 0;

    if (!is_dry_alone(arguments, n_operands))
        status = dataset_check_operands(self, arguments->manifest, n_operands, operands,
                                        (enum channel_choice)arguments->effect.channel);
    if (status != 0)
        return status;
    status = control_parse(self, arguments->effect.control, &control);
    if (status != 0)
        return status;
    if (control.name[0] != '\0' && arguments->effect.channel == CHANNEL_SPLIT)
        return usage_error(self, "give --control or --channel split, not both");
    if (control.name[0] != '\0' && arguments->anti_alias)
        return usage_error(self, "--anti-alias is not for models with a control signal");
    wrong = alignment_options_check(&arguments->effect.alignment);
    return wrong != NULL ? usage_error(self, "%s", wrong)
                         : check_knob_ranges(self, arguments, &control);
}

/* ------------------------------------------------------------------------------ data */

static enum tc_status load_and_teach(struct effect_data *data,
                                     const struct dataset_request *request,
                                     const struct teacher *teacher, struct tc_error *error)
{
    const enum tc_status status = dataset_load(&data->recordings, request, error);

    return status == TC_OK && teacher->model != NULL ? effect_teach(data, teacher, error) : status;
}

static void free_data(void *data)
{
    struct effect_data *const effect = data;

    if (effect == NULL)
        return;
    dataset_free(&effect->recordings);
    effect_teaching_free(effect);
    free(effect);
}

static void *load(const struct train_arguments *arguments, const struct teacher *teacher,
                  size_t warmup, unsigned n_operands, char **operands)
{
    struct dataset_request request = {.manifest = arguments->manifest,
                                      .n_files = n_operands,
                                      .files = operands,
                                      .channel = (enum channel_choice)arguments->effect.channel,
                                      .warmup = warmup,
                                      .rate_hz = is_given(arguments->effect.sample_rate_hz)
                                                     ? arguments->effect.sample_rate_hz
                                                     : 0.0,
                                      .no_resample = arguments->effect.no_resample,
                                      .clipping = (enum clipping)arguments->effect.clipping,
                                      .alignment = arguments->effect.alignment,
                                      .model = {.delay_s = REAL_NOT_GIVEN},
                                      .refuse_faults = !arguments->effect.ignore_faults,
                                      .train = true,
                                      .may_be_dry = teacher->model != NULL};
    struct effect_data *const data = calloc(1, sizeof *data);
    struct tc_error error;

    if (data == NULL) {
        talk_error(NULL, "out of memory");
        return NULL;
    }
    (void)control_parse(NULL, arguments->effect.control, &data->control); /* check_options() did */
    request.control = data->control;
    if (load_and_teach(data, &request, teacher, &error) != TC_OK) {
        talk_error(NULL, "%s", error.message);
        free_data(data);
        return NULL;
    }
    return data;
}

static bool uses_file(const void *data, const char *path)
{
    const struct manifest *const manifest =
        &((const struct effect_data *)data)->recordings.manifest;
    bool same = manifest->path != NULL && same_file(manifest->path, path);

    for (size_t i = 0; i < manifest->n_rows && !same; ++i)
        same = same_file(manifest->row[i].input, path) || same_file(manifest->row[i].target, path);
    return same;
}

static struct task_clips clips(const void *data)
{
    const struct clip_set *const sets = ((const struct effect_data *)data)->recordings.clips;

    return (struct task_clips){.train = sets[CLIPS_TRAIN].clip,
                               .val = sets[CLIPS_VAL].clip,
                               .n_train = sets[CLIPS_TRAIN].n,
                               .n_val = sets[CLIPS_VAL].n};
}

/* ------------------------------------------------------------------------------ network */

static void report_data(const struct dataset *recordings, uint64_t seed)
{
    const double rate_hz = recordings->rate_hz;

    talk_say(NULL, "%.1f s train and %.1f s validate at %.10g Hz; seed %llu",
             clip_set_frames(&recordings->clips[CLIPS_TRAIN]) / rate_hz,
             clip_set_frames(&recordings->clips[CLIPS_VAL]) / rate_hz, rate_hz,
             (unsigned long long)seed);
}

static enum tc_status add_clips(struct evaluation *evaluation, const struct clip_set *set,
                                size_t warmup, struct tc_error *error)
{
    const enum tc_status status = evaluation_init(evaluation, error);

    for (size_t i = 0; i < set->n && status == TC_OK; ++i)
        evaluation_add_baselines(evaluation, &set->clip[i], warmup);
    return status;
}

/* Fitted to the clips that train, like the model. */
static enum tc_status score_baselines(struct effect_data *data, size_t warmup,
                                      struct tc_error *error)
{
    struct evaluation train = {0}, val = {0};
    enum tc_status status = add_clips(&train, &data->recordings.clips[CLIPS_TRAIN], warmup, error);

    if (status == TC_OK)
        status = add_clips(&val, &data->recordings.clips[CLIPS_VAL], warmup, error);
    if (status == TC_OK)
        status = evaluation_scores(&val, &train, &data->baselines, error);
    evaluation_free(&train);
    evaluation_free(&val);
    return status;
}

/* Whether the control signal moves in what trains. */
static bool control_moves(const struct clip_set *set)
{
    for (size_t i = 0; i < set->n; ++i)
        for (size_t t = 0; t < set->clip[i].n_frames; ++t)
            if (set->clip[i].input[1][t] != set->clip->input[1][0])
                return true;
    return false;
}

/* Make the control signal an input of the network: 0, or 1 after talk_error(). */
static int add_control(struct effect_data *effect, struct tc_architecture *arch,
                       struct tc_metadata *meta)
{
    const struct control *const control = &effect->control;
    struct clip_set *const sets = effect->recordings.clips;

    if (control->name[0] == '\0')
        return 0;
    strcpy(meta->control, control->name);
    if (!control->is_knob) {
        arch->audio_inputs = 2;
        if (control_moves(&sets[CLIPS_TRAIN]))
            return 0;
        talk_error(NULL,
                   "the control signal '%s' is %g in all that trains: nothing can be learned "
                   "about it",
                   control->name, (double)sets[CLIPS_TRAIN].clip->input[1][0]);
        return 1;
    }
    for (unsigned s = CLIPS_TRAIN; s <= CLIPS_VAL; ++s)
        for (size_t i = 0; i < sets[s].n; ++i)
            sets[s].clip[i].control = sets[s].clip[i].input[1];
    return 0;
}

static int prepare(void *data, const struct command *self, const struct train_arguments *arguments,
                   struct tc_train_options *options, struct tc_architecture *arch,
                   struct tc_metadata *meta)
{
    struct effect_data *const effect = data;
    const struct dataset *const recordings = &effect->recordings;
    const struct clip_set *const train = &recordings->clips[CLIPS_TRAIN];
    struct tc_error error;
    int status = knob_ranges_choose(self, meta->knob, recordings, &arguments->effect.knob_ranges);

    if (status != 0)
        return status;
    arch->audio_inputs = 1;
    arch->outputs = 1;
    arch->knobs = recordings->manifest.n_knobs;
    status = add_control(effect, arch, meta);
    if (status != 0)
        return status;
    if (!arguments->no_skip)
        arch->direct = tc_direct_path(train->clip, train->n, options->warmup);
    meta->sample_rate_hz = recordings->rate_hz;
    effect_recipe_set(options, arguments, train, recordings->rate_hz, arch);
    report_data(recordings, options->seed);
    if (score_baselines(effect, options->warmup, &error) != TC_OK) {
        talk_error(NULL, "%s", error.message);
        return 1;
    }
    return 0;
}

const struct task task_effect = {
    .name = "effect",
    .options = &effect_option_table,
    .check_options = check_options,
    .load = load,
    .free_data = free_data,
    .uses_file = uses_file,
    .clips = clips,
    .readout = TC_READOUT_LINEAR,
    .prepare = prepare,
    .score_name = "ESR",
    .print_scores = effect_print_scores,
    .scale = effect_scale,
    .add_scores = effect_add_scores,
    .add_record = effect_add_record,
    .score_recorded = effect_score_recorded,
    .fill_page = effect_fill_page,
};
