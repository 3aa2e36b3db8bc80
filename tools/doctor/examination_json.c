#include "doctor/examination.h"

#include "cli/json_result.h"
#include "report/alignment_json.h"

#include <math.h>

static json_t *pair_json(const struct examined_pair *d)
{
    const struct recording_pair *const pair = d->pair;
    const struct pair_checks *const checks = &pair->checks;
    const bool known = !pair->unclear;
    const double unknown = (double)NAN;

    json_t *const object =
        json_pack("{s:o, s:o, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
                  "input", json_path(pair->input->path), "target", json_path(pair->target->path),
                  "sample_rate", pair->input->audio.rate_hz, "seconds",
                  json_number((double)pair->n_frames / pair->input->audio.rate_hz), "delay_frames",
                  known ? json_integer(d->delay) : json_null(), "inverted",
                  known ? json_boolean(pair->inverted) : json_null(), "drift_ppm",
                  json_number(known ? pair->drift_ppm : unknown), "input_peak",
                  json_number(known ? (double)checks->input_peak : unknown), "target_peak",
                  json_number(known ? (double)checks->target_peak : unknown), "noise_power",
                  json_number(known ? checks->noise_power : unknown), "lowest_esr",
                  json_number(known ? checks->lowest_esr : unknown), "repeated_frames",
                  json_integer((json_int_t)checks->repeats.frames), "repeated_esr",
                  json_number(known ? checks->repeats.esr : unknown), "linear_esr",
                  json_number(d->linear.fir_esr), "gain_esr", json_number(d->linear.gain_esr));

    alignment_add_json(object, pair);
    return object;
}

static json_t *finding_json(const struct finding *f)
{
    static const char *const levels[] = {[FINDING_FACT] = "fact",
                                         [FINDING_NOTE] = "note",
                                         [FINDING_WARNING] = "warning",
                                         [FINDING_FATAL] = "fault"};

    return json_pack("{s:s, s:s, s:o, s:s, s:s, s:s}", "kind", f->kind, "level", levels[f->level],
                     "file", f->file != NULL ? json_path(f->file) : json_null(), "what", f->what,
                     "effect", f->effect, "action", f->action);
}

bool examination_print_json(const struct examination *examination)
{
    const struct recordings *const recordings = &examination->data->recordings;
    json_t *const pairs = json_array(), *const findings = json_array();
    json_t *all;
    bool printed;

    for (size_t i = 0; i < recordings->n_pairs; ++i)
        (void)json_array_append_new(pairs, pair_json(&examination->pair[i]));
    for (size_t i = 0; i < recordings->findings.n; ++i)
        if (recordings->findings.finding[i].level != FINDING_FACT)
            (void)json_array_append_new(findings, finding_json(&recordings->findings.finding[i]));
    all = json_pack("{s:o, s:o, s:s}", "recordings", pairs, "findings", findings, "verdict",
                    verdict_name(examination->verdict));
    printed = json_print(all);
    json_decref(all);
    return printed;
}
