#include "formats/writers/plain.h"

#include "decibel.h"
#include "model/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Gains are converted from dB, so that a gain of 1 is inexact. */
static const float ROUNDING = 1e-6f;

/** A network whose parameters are being rewritten. */
struct rewriting {
    const struct tc_architecture *arch;
    struct tc_layer_offsets layers[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    float *parameters;
};

/** Scale a column of the first layer, after adding it times `shift` to the bias. */
static void scale_input(struct rewriting *r, unsigned column, double scale, double shift)
{
    const size_t inputs = tc_layer_inputs(r->arch, 0);
    const size_t rows = (size_t)tc_cell_gates(r->arch->layer[0].cell) * r->arch->layer[0].hidden;

    for (size_t row = 0; row < rows; ++row) {
        float *const w = r->parameters + r->layers[0].w_ih + row * inputs + column;
        float *const b = r->parameters + r->layers[0].b_ih + row;

        *b = (float)(*b + shift * *w);
        *w = (float)(scale * *w);
    }
}

static void scale_readout(struct rewriting *r, double scale)
{
    const size_t outputs = r->arch->outputs, hidden = r->arch->layer[r->arch->layers - 1].hidden;

    for (size_t i = 0; i < outputs * hidden; ++i)
        r->parameters[r->readout.w + i] = (float)(scale * r->parameters[r->readout.w + i]);
    for (size_t i = 0; i < outputs; ++i)
        r->parameters[r->readout.b + i] = (float)(scale * r->parameters[r->readout.b + i]);
}

static void rewrite_knobs(struct rewriting *r, struct tc_metadata *meta)
{
    for (unsigned k = 0; k < r->arch->knobs; ++k) {
        struct tc_knob *const knob = &meta->knob[k];
        const float width = knob->max - knob->min;

        scale_input(r, r->arch->audio_inputs + k, (double)knob->at_max - knob->at_min,
                    knob->at_min);
        knob->initial = fminf(fmaxf((knob->initial - knob->min) / width, 0.0f), 1.0f);
        knob->min = knob->at_min = 0.0f;
        knob->max = knob->at_max = 1.0f;
        knob->unit[0] = '\0';
    }
}

static void rewrite_gains(struct rewriting *r, struct tc_architecture *arch,
                          struct tc_metadata *meta)
{
    const double in = tc_gain_from_db(meta->in_gain_db), out = tc_gain_from_db(meta->out_gain_db);

    for (unsigned i = 0; i < arch->audio_inputs; ++i)
        scale_input(r, i, in, 0.0);
    scale_readout(r, out);
    arch->direct = (float)(in * out * arch->direct);
    meta->in_gain_db = meta->out_gain_db = 0.0f;
}

enum tc_status tc_model_plain(const struct tc_model *model, bool keep_gains,
                              struct tc_model **plain, struct tc_error *error)
{
    struct tc_architecture arch = *tc_model_architecture(model);
    struct tc_metadata meta = *tc_model_metadata(model);
    struct rewriting r = {.arch = &arch};
    const size_t values = tc_parameter_offsets(&arch, r.layers, &r.readout);
    enum tc_status status;

    r.parameters = malloc(values * sizeof *r.parameters);
    if (!r.parameters)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu parameters", values);
    memcpy(r.parameters, tc_model_parameters(model), values * sizeof *r.parameters);
    rewrite_knobs(&r, &meta);
    if (!keep_gains)
        rewrite_gains(&r, &arch, &meta);
    status = tc_model_new(plain, &arch, &meta, r.parameters, error);
    free(r.parameters);
    return status;
}

double tc_stated_rate_hz(const struct tc_model *model)
{
    const struct tc_metadata *const meta = tc_model_metadata(model);

    return meta->sample_rate_assumed ? 0.0 : meta->sample_rate_hz;
}

bool tc_model_has_residual(const struct tc_model *model)
{
    return fabsf(tc_model_architecture(model)->direct - 1.0f) <= ROUNDING;
}

enum tc_status tc_model_check_linear(const struct tc_model *model, const char *format,
                                     struct tc_error *error)
{
    const enum tc_readout readout = tc_model_architecture(model)->readout;

    if (readout != TC_READOUT_LINEAR)
        return tc_fail(error, TC_UNSUPPORTED, "%s has a linear readout, the model's is %s", format,
                       tc_readout_name(readout));
    return TC_OK;
}

const char *tc_export_name(enum tc_export format)
{
    static const char *const names[TC_EXPORTS] = {[TC_EXPORT_GUITARML] = "GuitarML",
                                                  [TC_EXPORT_KERAS] = "Keras",
                                                  [TC_EXPORT_AIDAX] = "AIDA-X",
                                                  [TC_EXPORT_NAM] = "NAM",
                                                  [TC_EXPORT_ONNX] = "ONNX"};

    return names[format];
}

/** Has the format all cells of the model? */
static enum tc_status check_cells(const struct tc_architecture *arch, enum tc_export format,
                                  struct tc_error *error)
{
    for (unsigned l = 0; l < arch->layers; ++l)
        if (!tc_cell_describe(arch->layer[l].cell)->format[format].name)
            return tc_fail(error, TC_UNSUPPORTED, "%s has no cell %s, but layer %u is one",
                           tc_export_name(format), tc_cell_name(arch->layer[l].cell), l);
    return TC_OK;
}

enum tc_status tc_model_check_simple(const struct tc_model *model, enum tc_export format,
                                     struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const char *const name = tc_export_name(format);
    const enum tc_status status = tc_model_check_linear(model, name, error);

    if (status)
        return status;
    if (arch->audio_inputs != 1)
        return tc_fail(error, TC_UNSUPPORTED, "%s has one audio input, the model has %u", name,
                       arch->audio_inputs);
    if (arch->direct != 0.0f && !tc_model_has_residual(model))
        return tc_fail(error, TC_UNSUPPORTED,
                       "%s has a direct path of gain 1 or none, that of the model is %g (gains "
                       "included)",
                       name, arch->direct);
    return check_cells(arch, format, error);
}
