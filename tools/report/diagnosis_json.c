#include "config.h"
#include "cli/json_result.h"
#include "report/diagnosis.h"
#include "report/health_report.h"

#include <math.h>

static json_t *numbers(const double *values, size_t n)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < n; ++i)
        json_array_append_new(array, json_number(values[i]));
    return array;
}

static json_t *spread_json(const struct tc_spread *spread)
{
    return json_pack("{s:o, s:o, s:o}", "low", json_number(spread->low), "median",
                     json_number(spread->median), "high", json_number(spread->high));
}

static json_t *spreads_json(const struct tc_spread *spreads, size_t n)
{
    json_t *const low = json_array(), *const median = json_array(), *const high = json_array();

    for (size_t i = 0; i < n; ++i) {
        json_array_append_new(low, json_number(spreads[i].low));
        json_array_append_new(median, json_number(spreads[i].median));
        json_array_append_new(high, json_number(spreads[i].high));
    }
    return json_pack("{s:o, s:o, s:o}", "low", low, "median", median, "high", high);
}

static json_t *gates_json(const struct tc_layer_diagnosis *layer)
{
    json_t *const gates = json_array();

    for (unsigned g = 0; g < layer->gates; ++g) {
        const struct tc_gate_diagnosis *const gate = &layer->gate[g];

        json_array_append_new(
            gates, json_pack("{s:s, s:o, s:o, s:o, s:o}", "name", gate->name, "saturated_low",
                             json_number(gate->low), "saturated_high", json_number(gate->high),
                             "spectral_radius", json_number(gate->radius), "singular_values",
                             numbers(gate->singular, layer->hidden)));
    }
    return gates;
}

static json_t *layers_json(const struct diagnosis *diagnosis)
{
    const struct tc_diagnosis *const d = diagnosis->result;
    const struct tc_architecture *const arch = tc_model_architecture(diagnosis->model);
    json_t *const layers = json_array();

    for (unsigned l = 0; l < d->layers; ++l) {
        const struct tc_layer_diagnosis *const layer = &d->layer[l];

        json_array_append_new(
            layers, json_pack("{s:s, s:s, s:i, s:o, s:o, s:o, s:o}", "cell",
                              tc_cell_name(arch->layer[l].cell), "activation",
                              tc_activation_name(arch->layer[l].activation), "hidden",
                              (int)layer->hidden, "gamma", json_number(layer->gamma), "gates",
                              gates_json(layer), "dy_dh", numbers(layer->dh, d->lags), "dy_dc",
                              layer->dc ? numbers(layer->dc, d->lags) : json_null()));
    }
    return layers;
}

static json_t *summary_json(const struct diagnosis *diagnosis)
{
    struct diagnosis_summary summary;
    json_t *const advice = json_array();

    diagnosis_summarise(diagnosis, &summary);
    for (unsigned i = 0; i < summary.n_advice; ++i)
        json_array_append_new(advice, json_string(summary.advice[i]));
    return json_pack("{s:s, s:s, s:s, s:o}", "verdict", summary.verdict, "headline",
                     summary.headline, "meaning", summary.meaning, "advice", advice);
}

static json_t *lags_json(const struct tc_diagnosis *d)
{
    json_t *const lags = json_array();

    for (size_t i = 0; i < d->lags; ++i)
        json_array_append_new(lags, json_integer((json_int_t)d->lag[i]));
    return lags;
}

static json_t *result_json(const struct diagnosis *diagnosis)
{
    const struct tc_diagnosis *const d = diagnosis->result;

    return json_pack("{s:i, s:I, s:I, s:o, s:o, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "places",
                     (int)d->positions, "frames_per_place", (json_int_t)d->frames, "reach",
                     (json_int_t)diagnosis->min_memory, "memory_samples", spread_json(&d->memory),
                     "lyapunov_per_sample", numbers(d->exponent, d->exponents), "step_bound",
                     d->step_bound, "lags", lags_json(d), "ds_ds",
                     spreads_json(d->jacobian, d->lags), "bound", numbers(d->bound, d->lags),
                     "dy_ds", spreads_json(d->gradient, d->lags), "layers", layers_json(diagnosis),
                     "sensitivity_db", json_number(diagnosis->sensitivity_db), "health",
                     health_json(tc_model_architecture(diagnosis->model), &diagnosis->health));
}

bool diagnosis_print_json(const struct diagnosis *diagnosis)
{
    json_t *const all = json_pack("{s:o, s:o, s:I, s:f}", "model", json_path(diagnosis->model_path),
                                  "signal", json_path(diagnosis->signal_path), "frames",
                                  (json_int_t)diagnosis->frames, "sample_rate", diagnosis->rate_hz);
    json_t *const summary = summary_json(diagnosis), *const found = result_json(diagnosis);
    const bool whole = all && summary && found && json_object_update(all, summary) == 0 &&
                       json_object_update(all, found) == 0 && json_print(all);

    json_decref(found);
    json_decref(summary);
    json_decref(all);
    return whole;
}
