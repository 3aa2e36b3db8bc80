#include "report/model_evaluation.h"

#include "cli/json_result.h"
#include "cli/paths.h"
#include "report/alignment_json.h"
#include "report/esr.h"

#include <stdio.h>

/* Of the column of scores. */
enum { NUMBER_WIDTH = 9 };

static void set_results(json_t *object, const struct scores *r)
{
    json_object_set_new(object, "esr", json_number(r->esr));
    json_object_set_new(object, "esr_gain", json_number(r->esr_gain));
    json_object_set_new(object, "esr_fir", json_number(r->esr_fir));
    json_object_set_new(object, "frames", json_integer((json_int_t)r->frames));
}

static json_t *clip_json(const struct model_evaluation *e, size_t index)
{
    const struct clip_set *const scored = &e->data->clips[CLIPS_SCORED];
    const struct tc_metadata *const meta = tc_model_metadata(e->model);
    json_t *const clip = json_object(), *const knobs = json_object();
    float knob[TC_MAX_KNOBS];

    model_evaluation_knobs(e, &scored->clip[index], knob);
    for (unsigned i = 0; i < tc_model_architecture(e->model)->knobs; ++i)
        json_object_set_new(knobs, meta->knob[i].name, json_number((double)knob[i]));
    json_object_set_new(clip, "input", json_path(scored->source[index].row->input));
    json_object_set_new(clip, "target", json_path(scored->source[index].row->target));
    json_object_set_new(clip, "knobs", knobs);
    json_object_set_new(clip, "delay", json_integer(scored->source[index].delay));
    alignment_add_json(clip, recordings_find(&e->data->recordings, scored->source[index].row));
    set_results(clip, &e->clip[index]);
    return clip;
}

json_t *model_evaluation_json(const struct model_evaluation *e)
{
    json_t *const root = json_object(), *const clips = json_array();

    set_results(root, &e->pooled);
    json_object_set_new(root, "dc", json_number(e->pooled.dc));
    json_object_set_new(root, "max_error", json_number(e->pooled.max_error));
    for (size_t i = 0; i < e->data->clips[CLIPS_SCORED].n; ++i)
        json_array_append_new(clips, clip_json(e, i));
    json_object_set_new(root, "clips", clips);
    return root;
}

void model_evaluation_print_json(const struct model_evaluation *e)
{
    json_t *const result = model_evaluation_json(e);

    json_print(result);
    json_decref(result);
}

static void print_column(double esr)
{
    printf(esr < 1e-5 ? " %*.1e" : " %*.5f", NUMBER_WIDTH, esr);
}

static void print_clips(const struct model_evaluation *e)
{
    const struct clip_set *const scored = &e->data->clips[CLIPS_SCORED];

    printf("\n%10s %7s %9s %9s %9s  %s\n", "frames", "delay", "ESR", "gain", "FIR", "target");
    for (size_t i = 0; i < scored->n; ++i) {
        const struct scores *const r = &e->clip[i];

        printf("%10llu %7ld", (unsigned long long)r->frames, scored->source[i].delay);
        print_column(r->esr);
        print_column(r->esr_gain);
        print_column(r->esr_fir);
        printf("  %s", SHOWN_PATH(scored->source[i].row->target));
        if (scored->source[i].row->line > 0)
            printf(", line %u", scored->source[i].row->line);
        printf("\n");
    }
}

void model_evaluation_print(const struct model_evaluation *e)
{
    const struct scores *const r = &e->pooled;
    const size_t n = e->data->clips[CLIPS_SCORED].n;

    esr_print("ESR", NUMBER_WIDTH, r->esr, esr_description(r->esr));
    esr_print("one gain", NUMBER_WIDTH, r->esr_gain, "");
    esr_print("128-tap FIR", NUMBER_WIDTH, r->esr_fir, "");
    printf("DC            %9.5f\n", r->dc);
    printf("largest error %9.5f\n", r->max_error);
    printf("frames        %9llu  (%.1f s, %zu clip%s; %llu at the start of each not counted)\n",
           (unsigned long long)r->frames, (double)r->frames / e->data->rate_hz, n,
           n == 1 ? "" : "s", (unsigned long long)e->warmup);
    print_clips(e);
}
