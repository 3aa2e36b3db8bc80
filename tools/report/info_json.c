#include "config.h"
#include "report/info.h"

#include "cli/json_result.h"
#include "report/health_report.h"

#include <math.h>

static json_t *layers_json(const struct tc_model *model, const struct model_measurements *m)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    json_t *const layers = json_array();

    for (unsigned l = 0; l < arch->layers; ++l)
        json_array_append_new(layers, json_pack("{s:s, s:s, s:i, s:i, s:I}", "cell",
                                                tc_cell_name(arch->layer[l].cell), "activation",
                                                tc_activation_name(arch->layer[l].activation),
                                                "inputs", (int)tc_layer_inputs(arch, l), "hidden",
                                                (int)arch->layer[l].hidden, "weights",
                                                (json_int_t)m->weights[l]));
    return layers;
}

static json_t *knobs_json(const struct tc_metadata *meta, unsigned n)
{
    json_t *const knobs = json_array();

    for (unsigned i = 0; i < n; ++i) {
        const struct tc_knob *const k = &meta->knob[i];

        json_array_append_new(knobs, json_pack("{s:s, s:s, s:f, s:f, s:f}", "name", k->name, "unit",
                                               k->unit, "min", (double)k->min, "max",
                                               (double)k->max, "default", (double)k->initial));
    }
    return knobs;
}

/* NULL where there is none. */
static json_t *control_json(const struct tc_model *model)
{
    const enum tc_control control = tc_model_control(model);

    return control == TC_CONTROL_NONE
               ? NULL
               : json_pack("{s:s, s:s}", "name", tc_model_metadata(model)->control, "input",
                           control == TC_CONTROL_AUDIO ? "audio" : "knob");
}

static json_t *metadata_json(const struct tc_model *model)
{
    const struct tc_metadata *const meta = tc_model_metadata(model);
    const double rate_hz = meta->sample_rate_hz;

    return json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:f, s:f, s:o, s:o, s:o, s:o, s:o*}", "name", meta->name,
        "author", meta->author, "licence", meta->licence, "label", meta->label, "sample_rate",
        rate_hz > 0.0 ? json_real(rate_hz) : json_null(), "in_gain_db", (double)meta->in_gain_db,
        "out_gain_db", (double)meta->out_gain_db, "loudness_db",
        json_number((double)meta->loudness_db), "input_level_dbu",
        json_number((double)meta->input_level_dbu), "output_level_dbu",
        json_number((double)meta->output_level_dbu), "knobs",
        knobs_json(meta, tc_model_architecture(model)->knobs), "control", control_json(model));
}

static json_t *numbers_json(const double *values, unsigned n)
{
    json_t *const numbers = json_array();

    for (unsigned i = 0; i < n; ++i)
        json_array_append_new(numbers, json_number(values[i]));
    return numbers;
}

static json_t *sessions_json(const struct model_measurements *m)
{
    json_t *const sessions = json_array();

    for (unsigned i = 0; i < SESSION_RATES; ++i)
        json_array_append_new(sessions,
                              json_pack("{s:f, s:f}", "sample_rate", m->session[i].rate_hz,
                                        "core_percent", m->session[i].core_percent));
    return sessions;
}

static json_t *aliasing_json(const double ratio[ALIASING_SINES])
{
    json_t *const levels = json_array();

    for (unsigned i = 0; i < ALIASING_SINES; ++i)
        json_array_append_new(levels, json_number(10.0 * log10(ratio[i])));
    return levels;
}

static json_t *measurements_json(const struct tc_model *model, const struct model_measurements *m)
{
    const unsigned outputs = tc_model_architecture(model)->outputs;
    json_t *const start = json_pack("{s:b, s:b, s:o}", "stored", m->initial_state_stored, "settled",
                                    (int)(m->drift < SETTLED), "drift", json_number(m->drift));
    json_t *const settling =
        json_pack("{s:o, s:o}", "start_s", json_number(m->health.settles_start_s), "burst_s",
                  json_number(m->health.settles_burst_s));

    return json_pack("{s:o, s:o, s:o, s:o, s:f, s:f, s:f, s:o, s:o, s:o, s:o}", "start_state",
                     start, "settling", settling, "silence", numbers_json(m->silence, outputs),
                     "silence_noise", numbers_json(m->noise, outputs), "ns_per_sample",
                     m->ns_per_sample, "core_percent", m->core_percent, "core_percent_rate",
                     m->rate_hz, "sessions", sessions_json(m), "half_precision_esr",
                     m->half_precision_esr > 0.0 ? json_number(m->half_precision_esr) : json_null(),
                     "aliasing_db", aliasing_json(m->aliasing), "health",
                     health_json(tc_model_architecture(model), &m->health));
}

bool info_print_json(const struct info *info)
{
    const struct tc_architecture *const arch = tc_model_architecture(info->model);
    json_t *const all = json_pack(
        "{s:o, s:I, s:s, s:o, s:b, s:i, s:i, s:f, s:s, s:b, s:b, s:o, s:I, s:O?}", "file",
        json_path(info->path), "size", (json_int_t)info->size, "format", info->facts->format,
        "selftest_error", json_number(info->facts->selftest_error), "sample_rate_assumed",
        info->facts->rate_assumed, "audio_inputs", (int)arch->audio_inputs, "outputs",
        (int)arch->outputs, "direct", (double)arch->direct, "readout",
        tc_readout_name(arch->readout), "residual", (int)arch->residual, "layer_norm",
        (int)arch->layer_norm, "layers", layers_json(info->model, &info->measured), "weights",
        (json_int_t)tc_model_weights(info->model), "training", info->training);
    json_t *const metadata = metadata_json(info->model);
    json_t *const played = measurements_json(info->model, &info->measured);
    const bool whole = all && metadata && played && json_object_update(all, metadata) == 0 &&
                       json_object_update(all, played) == 0 && json_print(all);

    json_decref(played);
    json_decref(metadata);
    json_decref(all);
    return whole;
}
