#include "config.h"

#include "cli/commands.h"
#include "cli/given.h"
#include "data/dataset.h"
#include "cli/json_result.h"
#include "cli/knobs.h"
#include "cli/load_model.h"
#include "report/esr.h"
#include "report/evaluation.h"
#include "cli/talk.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { BLOCK = 4096 };

struct eval_options {
    const char *model, *manifest;
    int split, precision;
    uint64_t warmup;
    struct text_list knobs;
    double sample_rate_hz;
    bool no_align, json;
};

static const struct eval_options defaults = {
    .split = CHOICE_NOT_GIVEN, .warmup = 1000, .sample_rate_hz = REAL_NOT_GIVEN};

#define AT(field) offsetof(struct eval_options, field)
static const struct opt opts[] = {
    {'m', "model", OPT_TEXT, AT(model), 0, 0, "MODEL",
     "model to compare with the recordings (required)", GROUP_MODEL, EVERYDAY},
    KNOB_OPTION(AT(knobs), "the value in the manifest, else the default of the model"),
    SAMPLE_RATE_OPTION(AT(sample_rate_hz)),
    PRECISION_OPTION(AT(precision)),
    MANIFEST_OPTION(AT(manifest)),
    {0, "split", OPT_CHOICE, AT(split), 0, 0, "train|val|test|all",
     "rows of the manifest to score [test if it has any, else all]", GROUP_DATA, EVERYDAY},
    {0, "warmup", OPT_COUNT, AT(warmup), 0, 1e9, "FRAMES",
     "frames at the start of each clip that are not scored [1000]", GROUP_DATA, EVERYDAY},
    NO_ALIGN_OPTION(AT(no_align)),
    JSON_OPTION(AT(json)),
};

static const struct example examples[] = {
    {"-m pedal.safetensors dry.wav wet.wav", "How near the model comes to the pedal."},
    {"-m amp.safetensors --manifest amp.csv --split test --json", "The test rows, for a script."},
};

struct eval {
    const struct eval_options *options;
    struct tc_model *model;
    struct tc_file_facts facts; /* of the model's file */
    struct dataset data;
    float given[TC_MAX_KNOBS]; /* by --knob; NAN: not given */
    struct evaluation all;
    struct scores pooled;
    struct scores *clip; /* [data.clips[CLIPS_SCORED].n] */
};

/* ------------------------------------------------------------------------------ knobs */

/* The manifest's column for a knob of the model; n_knobs if there is none. */
static unsigned column_of(const struct manifest *manifest, const char *knob)
{
    unsigned i = 0;

    while (i < manifest->n_knobs && strcasecmp(manifest->knob_name[i], knob) != 0)
        ++i;
    return i;
}

static void set_knobs(const struct eval *e, const struct tc_clip *clip, float knob[TC_MAX_KNOBS])
{
    const struct tc_metadata *const meta = tc_model_metadata(e->model);
    const unsigned n = tc_model_architecture(e->model)->knobs;

    for (unsigned i = 0; i < n; ++i) {
        const unsigned column = column_of(&e->data.manifest, meta->knob[i].name);

        if (!isnan(e->given[i]))
            knob[i] = e->given[i];
        else if (column < e->data.manifest.n_knobs)
            knob[i] = clip->knob[column];
        else
            knob[i] = meta->knob[i].initial;
    }
}

static void warn_range(const struct eval *e, unsigned knob)
{
    const struct tc_knob *const k = &tc_model_metadata(e->model)->knob[knob];

    for (size_t i = 0; i < e->data.clips[CLIPS_SCORED].n; ++i) {
        float value[TC_MAX_KNOBS];

        set_knobs(e, &e->data.clips[CLIPS_SCORED].clip[i], value);
        if (value[knob] >= k->min && value[knob] <= k->max)
            continue;
        talk_warn(e->options->manifest, "%s = %g is outside the model's range of %g to %g", k->name,
                  (double)value[knob], (double)k->min, (double)k->max);
        return;
    }
}

static void warn_knobs(const struct eval *e)
{
    const struct tc_metadata *const meta = tc_model_metadata(e->model);
    const struct manifest *const manifest = &e->data.manifest;
    const unsigned n = tc_model_architecture(e->model)->knobs;

    for (unsigned c = 0; c < manifest->n_knobs; ++c) {
        unsigned i = 0;

        while (i < n && strcasecmp(meta->knob[i].name, manifest->knob_name[c]) != 0)
            ++i;
        if (i == n)
            talk_warn(manifest->path, "column '%s' is no knob of the model",
                      manifest->knob_name[c]);
    }
    for (unsigned i = 0; i < n; ++i) {
        if (isnan(e->given[i]) && column_of(manifest, meta->knob[i].name) == manifest->n_knobs)
            talk_warn(manifest->path, "the knob '%s' is not given: its default %g is used",
                      meta->knob[i].name, (double)meta->knob[i].initial);
        warn_range(e, i);
    }
}

/* ------------------------------------------------------------------------------ scores */

/* Play a clip as plugin and process do, and add the output to both scores. */
static enum tc_status play(const struct eval *e, const struct tc_clip *clip, struct tc_score *score,
                           struct tc_score *pooled, struct tc_error *error)
{
    const size_t warmup = (size_t)e->options->warmup;
    struct tc_controls controls;
    struct tc_player *player;
    float output[BLOCK], *const out[1] = {output};
    const enum tc_status status = tc_player_new_with(
        &player, e->model, 1, e->data.rate_hz, (enum tc_precision)e->options->precision, error);

    if (status != TC_OK)
        return status;
    tc_controls_init(&controls, e->model);
    set_knobs(e, clip, controls.knob);
    for (size_t start = 0; start < clip->n_frames; start += BLOCK) {
        const size_t n = clip->n_frames - start < BLOCK ? clip->n_frames - start : BLOCK;
        const size_t skip = start >= warmup ? 0 : warmup - start < n ? warmup - start : n;
        const float *const in[1] = {clip->input[0] + start};
        const float *const target = clip->target[0] + start + skip;

        tc_player_process(player, &controls, in, out, n);
        tc_score_add(score, target, output + skip, n - skip);
        tc_score_add(pooled, target, output + skip, n - skip);
    }
    tc_player_free(player);
    return TC_OK;
}

static enum tc_status score_clip(struct eval *e, size_t index, struct tc_error *error)
{
    const struct tc_clip *const clip = &e->data.clips[CLIPS_SCORED].clip[index];
    struct evaluation one;
    enum tc_status status = evaluation_init(&one, error);

    if (status != TC_OK)
        return status;
    evaluation_add_baselines(&one, clip, (size_t)e->options->warmup);
    evaluation_merge_baselines(&e->all, &one);
    status = play(e, clip, &one.score, &e->all.score, error);
    if (status == TC_OK)
        status = evaluation_scores(&one, &e->clip[index], error);
    evaluation_free(&one);
    return status;
}

static enum tc_status score_clips(struct eval *e, struct tc_error *error)
{
    const size_t n = e->data.clips[CLIPS_SCORED].n;
    enum tc_status status = TC_OK;

    e->clip = calloc(n, sizeof *e->clip);
    if (e->clip == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu clips", n);
    talk_progress_begin(false);
    for (size_t i = 0; i < n && status == TC_OK; ++i) {
        talk_progress((double)i / (double)n, "clip %zu of %zu", i + 1, n);
        status = score_clip(e, i, error);
    }
    talk_progress_end();
    return status == TC_OK ? evaluation_scores(&e->all, &e->pooled, error) : status;
}

/* ------------------------------------------------------------------------------ report */

static void set_results(json_t *object, const struct scores *r)
{
    json_object_set_new(object, "esr", json_number(r->esr));
    json_object_set_new(object, "esr_gain", json_number(r->esr_gain));
    json_object_set_new(object, "esr_fir", json_number(r->esr_fir));
    json_object_set_new(object, "frames", json_integer((json_int_t)r->frames));
}

static json_t *clip_json(const struct eval *e, size_t index)
{
    const struct clip_set *const scored = &e->data.clips[CLIPS_SCORED];
    const struct tc_metadata *const meta = tc_model_metadata(e->model);
    json_t *const clip = json_object(), *const knobs = json_object();
    float knob[TC_MAX_KNOBS];

    set_knobs(e, &scored->clip[index], knob);
    for (unsigned i = 0; i < tc_model_architecture(e->model)->knobs; ++i)
        json_object_set_new(knobs, meta->knob[i].name, json_number((double)knob[i]));
    json_object_set_new(clip, "input", json_path(scored->source[index].row->input));
    json_object_set_new(clip, "target", json_path(scored->source[index].row->target));
    json_object_set_new(clip, "knobs", knobs);
    json_object_set_new(clip, "delay", json_integer(scored->source[index].delay));
    set_results(clip, &e->clip[index]);
    return clip;
}

static void print_json(const struct eval *e)
{
    json_t *const root = json_object(), *const clips = json_array();

    set_results(root, &e->pooled);
    json_object_set_new(root, "dc", json_number(e->pooled.dc));
    json_object_set_new(root, "max_error", json_number(e->pooled.max_error));
    for (size_t i = 0; i < e->data.clips[CLIPS_SCORED].n; ++i)
        json_array_append_new(clips, clip_json(e, i));
    json_object_set_new(root, "clips", clips);
    json_print(root);
    json_decref(root);
}

static void print_clips(const struct eval *e)
{
    const struct clip_set *const scored = &e->data.clips[CLIPS_SCORED];

    printf("\n%10s %7s %9s %9s %9s  %s\n", "frames", "delay", "ESR", "gain", "FIR", "target");
    for (size_t i = 0; i < scored->n; ++i) {
        const struct scores *const r = &e->clip[i];

        printf("%10llu %7ld %9.5f %9.5f %9.5f  %s", (unsigned long long)r->frames,
               scored->source[i].delay, r->esr, r->esr_gain, r->esr_fir,
               scored->source[i].row->target);
        if (scored->source[i].row->line > 0)
            printf(", line %u", scored->source[i].row->line);
        printf("\n");
    }
}

static void print_text(const struct eval *e)
{
    const struct scores *const r = &e->pooled;
    const size_t n = e->data.clips[CLIPS_SCORED].n;

    printf("ESR           %9.5f  %6.1f dB  %s\n", r->esr, esr_db(r->esr), esr_description(r->esr));
    printf("one gain      %9.5f  %6.1f dB\n", r->esr_gain, esr_db(r->esr_gain));
    printf("128-tap FIR   %9.5f  %6.1f dB\n", r->esr_fir, esr_db(r->esr_fir));
    printf("DC            %9.5f\n", r->dc);
    printf("largest error %9.5f\n", r->max_error);
    printf("frames        %9llu  (%.1f s, %zu clip%s; %llu at the start of each not counted)\n",
           (unsigned long long)r->frames, (double)r->frames / e->data.rate_hz, n, n == 1 ? "" : "s",
           (unsigned long long)e->options->warmup);
    print_clips(e);
}

/* ------------------------------------------------------------------------------ whole */

static enum tc_status check_model(const struct eval *e, struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(e->model);
    const double model_hz = tc_model_metadata(e->model)->sample_rate_hz;

    if (arch->symbols)
        return tc_fail(error, TC_UNSUPPORTED, "%s has an input of symbols, expected audio",
                       e->options->model);
    if (arch->audio_inputs != 1 || arch->outputs != 1)
        return tc_fail(error, TC_UNSUPPORTED,
                       "%s has %u audio inputs and %u outputs, expected one of each",
                       e->options->model, arch->audio_inputs, arch->outputs);
    if (model_hz > 0.0 && model_hz != e->data.rate_hz && !e->facts.rate_assumed)
        return tc_fail(error, TC_UNSUPPORTED, "%s has %.10g Hz, but %s was made at %.10g Hz",
                       e->data.recordings.file->path, e->data.rate_hz, e->options->model, model_hz);
    return TC_OK;
}

static enum tc_status load_recordings(struct eval *e, unsigned n_operands, char **operands,
                                      struct tc_error *error)
{
    const bool given = is_given(e->options->split);
    const struct dataset_request request = {.manifest = e->options->manifest,
                                            .n_files = n_operands,
                                            .files = operands,
                                            .warmup = (size_t)e->options->warmup,
                                            .no_align = e->options->no_align,
                                            .delay = (double)NAN,
                                            .split =
                                                given ? (enum split)e->options->split : SPLIT_TEST,
                                            .split_if_there = !given};
    const enum tc_status status = dataset_load(&e->data, &request, error);

    return status == TC_OK ? check_model(e, error) : status;
}

static int eval(struct eval *e, unsigned n_operands, char **operands)
{
    struct tc_error error;
    enum tc_status status = load_recordings(e, n_operands, operands, &error);

    if (status == TC_OK)
        status = evaluation_init(&e->all, &error);
    if (status == TC_OK) {
        warn_knobs(e);
        status = score_clips(e, &error);
    }
    if (status != TC_OK)
        talk_error(NULL, "%s", error.message);
    else if (e->options->json)
        print_json(e);
    else
        print_text(e);
    free(e->clip);
    evaluation_free(&e->all);
    dataset_free(&e->data);
    return status == TC_OK ? 0 : 1;
}

static int run(const struct command *self, const void *options, unsigned n_operands,
               char **operands)
{
    const struct eval_options *const o = options;
    struct eval e = {.options = o};
    int exit_status;

    if (o->model == NULL)
        return usage_error(self, "--model is missing");
    if (o->manifest != NULL ? n_operands != 0 : n_operands != 2)
        return usage_error(self, o->manifest != NULL ? "give --manifest or two files, not both"
                                                     : "expected --manifest or DRY and WET");
    if (o->manifest == NULL && is_given(o->split) && o->split != SPLIT_ALL)
        return usage_error(self, "--split needs a --manifest");
    e.model = load_model(o->model, o->sample_rate_hz, &e.facts);
    if (!e.model)
        return 1;
    for (unsigned i = 0; i < TC_MAX_KNOBS; ++i)
        e.given[i] = NAN;
    exit_status = knobs_set(self, &o->knobs, e.model, e.given);
    if (exit_status == 0)
        exit_status = eval(&e, n_operands, operands);
    tc_model_free(e.model);
    return exit_status;
}

const struct command cmd_eval = {
    .name = "eval",
    .synopsis = "-m MODEL DRY WET [options]\n-m MODEL --manifest FILE.csv [options]",
    OPERANDS("DRY and WET", 0, OPERANDS_ANY), /* run() reports what is missing */
    .summary = "compare a model with recordings",
    .description =
        "Plays DRY through the model, as the plugin would, and compares the output with WET. The "
        "error-to-signal ratio (ESR) is the energy of the difference divided by the energy of WET: "
        "0 is perfect, 1 is the score of silence. Beside it stand the scores of the best gain and "
        "of the best linear filter of 128 taps (FIR), both fitted to these very recordings: a "
        "useful model is clearly better.\n\n"
        "The delay between the recordings is measured and compensated, unless the manifest has it "
        "in a column 'delay' or --no-align is given.",
    OPTS(opts),
    EXAMPLES(examples),
    DEFAULTS(defaults),
    .run = run,
};
