#include "model/model.h"

#include "utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t tc_parameter_offsets(const struct tc_architecture *arch, struct tc_layer_offsets *offsets,
                            struct tc_readout_offsets *readout)
{
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const struct tc_tensor *next = tensors;
    size_t values;

    tc_architecture_tensors(arch, tensors, &values);
    if (arch->symbols)
        ++next; /* see model/embedding.h */
    for (unsigned l = 0; l < arch->layers; ++l) {
        const enum tc_cell cell = arch->layer[l].cell;

        offsets[l].w_ih = next++->offset;
        offsets[l].w_hh = next++->offset;
        offsets[l].b_ih = next++->offset;
        offsets[l].b_hh = next++->offset;
        offsets[l].peephole = tc_cell_has_peephole(cell) ? next++->offset : 0;
        offsets[l].norm_gain = arch->layer_norm ? next++->offset : 0;
        offsets[l].norm_bias = arch->layer_norm ? next++->offset : 0;
        offsets[l].h0 = next++->offset;
        offsets[l].c0 = tc_cell_has_c(cell) ? next++->offset : 0;
    }
    readout->w = next++->offset;
    readout->b = next++->offset;
    return values;
}

void tc_metadata_init(struct tc_metadata *meta)
{
    *meta =
        (struct tc_metadata){.loudness_db = NAN, .input_level_dbu = NAN, .output_level_dbu = NAN};
}

/** One line of UTF-8 that is safe to show and ends within `size` bytes. */
static bool is_text(const char *text, size_t size)
{
    const char *const end = memchr(text, '\0', size);

    while (end && text < end) {
        uint32_t code;
        const size_t bytes = tc_utf8_read(text, &code);

        if (!bytes || !tc_utf8_is_shown(code))
            return false;
        text += bytes;
    }
    return end != NULL;
}

static bool is_label(const char *label, size_t size)
{
    const char *const end = memchr(label, '\0', size);

    return end && strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789_") == (size_t)(end - label);
}

enum tc_status tc_knob_check(const struct tc_knob *knob, unsigned index, struct tc_error *error)
{
    if (!is_text(knob->name, sizeof knob->name) || !knob->name[0])
        return tc_fail(error, TC_BAD_VALUE, "knob %u has no printable name in UTF-8", index);
    if (!is_text(knob->unit, sizeof knob->unit))
        return tc_fail(error, TC_BAD_VALUE, "knob %s has a unit that is not printable UTF-8",
                       knob->name);
    if (!(knob->min < knob->max && isfinite(knob->max - knob->min)))
        return tc_fail(error, TC_BAD_VALUE,
                       "knob %s has the range %g to %g, expected a rising one of finite width",
                       knob->name, knob->min, knob->max);
    if (!(knob->initial >= knob->min && knob->initial <= knob->max))
        return tc_fail(error, TC_BAD_VALUE, "knob %s starts at %g, outside its range %g to %g",
                       knob->name, knob->initial, knob->min, knob->max);
    if (!isfinite(knob->at_max - knob->at_min))
        return tc_fail(error, TC_BAD_VALUE,
                       "knob %s gives the network %g to %g, expected a range of finite width",
                       knob->name, knob->at_min, knob->at_max);
    return TC_OK;
}

static enum tc_status check_text(const char *what, const char *text, struct tc_error *error)
{
    if (!is_text(text, TC_TEXT_SIZE))
        return tc_fail(error, TC_BAD_VALUE,
                       "the %s is not printable or not UTF-8, or has more than %d bytes", what,
                       TC_TEXT_SIZE - 1);
    return TC_OK;
}

static enum tc_status check_gain(const char *what, float gain_db, struct tc_error *error)
{
    if (!(fabsf(gain_db) <= 200.0f))
        return tc_fail(error, TC_BAD_VALUE, "%s is %g dB, expected -200 to 200", what, gain_db);
    return TC_OK;
}

static enum tc_status check_texts(const struct tc_metadata *meta, struct tc_error *error)
{
    enum tc_status status = check_text("name", meta->name, error);

    if (!status)
        status = check_text("author", meta->author, error);
    if (!status)
        status = check_text("licence", meta->licence, error);
    if (status)
        return status;
    if (!is_label(meta->label, sizeof meta->label))
        return tc_fail(error, TC_BAD_VALUE,
                       "the label is longer than %d bytes or has other characters than a-z, 0-9 "
                       "and _",
                       TC_LABEL_SIZE - 1);
    if (meta->training && !tc_is_utf8(meta->training))
        return tc_fail(error, TC_BAD_VALUE, "the record of the training is not UTF-8");
    return TC_OK;
}

static enum tc_status check_gains(const struct tc_metadata *meta, enum tc_readout readout,
                                  struct tc_error *error)
{
    enum tc_status status = check_gain("the input gain", meta->in_gain_db, error);

    if (!status)
        status = check_gain("the output gain", meta->out_gain_db, error);
    if (!status && readout != TC_READOUT_LINEAR && meta->out_gain_db != 0.0f)
        status = tc_fail(error, TC_BAD_VALUE,
                         "the output gain is %g dB, expected 0 with a readout of probabilities",
                         meta->out_gain_db);
    return status;
}

/* The control signal is the second audio input or the first knob. */
static enum tc_status check_control(const struct tc_metadata *meta,
                                    const struct tc_architecture *arch, struct tc_error *error)
{
    if (!is_text(meta->control, sizeof meta->control))
        return tc_fail(error, TC_BAD_VALUE, "the control signal's name is not printable UTF-8");
    if (!meta->control[0] ||
        (arch->audio_inputs == 1 && arch->knobs && !strcmp(meta->knob[0].name, meta->control)))
        return TC_OK;
    if (arch->audio_inputs != 2)
        return tc_fail(error, TC_BAD_VALUE,
                       "the control signal %s is neither the second of two audio inputs nor the "
                       "first knob",
                       meta->control);
    for (unsigned k = 0; k < arch->knobs; ++k)
        if (!strcmp(meta->knob[k].name, meta->control))
            return tc_fail(error, TC_BAD_VALUE,
                           "the control signal %s is an audio input, but knob %u has its name",
                           meta->control, k);
    return TC_OK;
}

static enum tc_status check_metadata(const struct tc_metadata *meta,
                                     const struct tc_architecture *arch, struct tc_error *error)
{
    enum tc_status status = check_texts(meta, error);

    if (status)
        return status;
    if (!(meta->sample_rate_hz >= 0.0 && meta->sample_rate_hz <= 1e9))
        return tc_fail(error, TC_BAD_VALUE, "the sample rate is %g Hz, expected 0 (unknown) to 1e9",
                       meta->sample_rate_hz);
    status = check_gains(meta, arch->readout, error);
    for (unsigned k = 0; !status && k < arch->knobs; ++k)
        status = tc_knob_check(&meta->knob[k], k, error);
    return status ? status : check_control(meta, arch, error);
}

static enum tc_status check_parameters(const struct tc_architecture *arch, const float *parameters,
                                       struct tc_error *error)
{
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned count = tc_architecture_tensors(arch, tensors, NULL);

    for (unsigned n = 0; n < count; ++n) {
        const struct tc_tensor *const tensor = &tensors[n];

        for (size_t i = 0; i < tensor->rows * tensor->cols; ++i)
            if (!isfinite(parameters[tensor->offset + i]))
                return tc_fail(error, TC_BAD_VALUE, "%s: value %zu is %g, expected a finite number",
                               tensor->name, i, parameters[tensor->offset + i]);
    }
    return TC_OK;
}

static enum tc_status copy_model(struct tc_model *model, const struct tc_architecture *arch,
                                 const struct tc_metadata *meta, const float *parameters)
{
    size_t values;

    tc_architecture_tensors(arch, NULL, &values);
    model->arch = *arch;
    model->meta = *meta;
    model->meta.training = NULL;
    model->parameters = malloc(values * sizeof *model->parameters);
    if (!model->parameters)
        return TC_NO_MEMORY;
    memcpy(model->parameters, parameters, values * sizeof *parameters);
    if (meta->training) {
        model->meta.training = strdup(meta->training);
        if (!model->meta.training)
            return TC_NO_MEMORY;
    }
    return TC_OK;
}

enum tc_status tc_model_new(struct tc_model **model, const struct tc_architecture *arch,
                            const struct tc_metadata *meta, const float *parameters,
                            struct tc_error *error)
{
    enum tc_status status = tc_architecture_check(arch, error);
    struct tc_model *created;

    if (!status)
        status = check_metadata(meta, arch, error);
    if (!status)
        status = check_parameters(arch, parameters, error);
    if (status)
        return status;
    created = calloc(1, sizeof *created);
    if (!created || copy_model(created, arch, meta, parameters)) {
        tc_model_free(created);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a model");
    }
    *model = created;
    return TC_OK;
}

void tc_model_free(struct tc_model *model)
{
    if (!model)
        return;
    free((char *)model->meta.training); /* owned; const for readers only */
    free(model->parameters);
    free(model->eigenvalues);
    free(model);
}

enum tc_control tc_model_control(const struct tc_model *model)
{
    if (!model->meta.control[0])
        return TC_CONTROL_NONE;
    return model->arch.audio_inputs == 2 ? TC_CONTROL_AUDIO : TC_CONTROL_KNOB;
}

/* The columns of the first layer's matrix stay: audio inputs are followed by the first knob. */
enum tc_status tc_model_with_control_input(struct tc_model **copy, const struct tc_model *model,
                                           struct tc_error *error)
{
    const size_t n = model->n_eigenvalues;
    struct tc_architecture arch = model->arch;
    struct tc_metadata meta = model->meta;
    struct tc_model *created;
    enum tc_status status;

    if (tc_model_control(model) != TC_CONTROL_KNOB)
        return tc_fail(error, TC_BAD_ARGUMENT, "the model has no knob that is a control signal");
    ++arch.audio_inputs;
    --arch.knobs;
    memmove(meta.knob, meta.knob + 1, arch.knobs * sizeof *meta.knob);
    status = tc_model_new(&created, &arch, &meta, model->parameters, error);
    if (status)
        return status;
    created->control_is_knob = true;
    created->control = model->meta.knob[0];
    created->eigenvalues = n ? malloc(n * sizeof *created->eigenvalues) : NULL;
    if (n && !created->eigenvalues) {
        tc_model_free(created);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a model");
    }
    created->n_eigenvalues = n;
    if (n)
        memcpy(created->eigenvalues, model->eigenvalues, n * sizeof *created->eigenvalues);
    created->knows_delay_sensitivity = model->knows_delay_sensitivity;
    memcpy(created->delay_sensitivity, model->delay_sensitivity, sizeof created->delay_sensitivity);
    *copy = created;
    return TC_OK;
}

const struct tc_architecture *tc_model_architecture(const struct tc_model *model)
{
    return &model->arch;
}

const struct tc_metadata *tc_model_metadata(const struct tc_model *model)
{
    return &model->meta;
}

const float *tc_model_parameters(const struct tc_model *model)
{
    return model->parameters;
}

size_t tc_model_weights(const struct tc_model *model)
{
    size_t weights;

    tc_architecture_tensors(&model->arch, NULL, &weights);
    for (unsigned l = 0; l < model->arch.layers; ++l)
        weights -= model->arch.layer[l].hidden * (tc_cell_has_c(model->arch.layer[l].cell) ? 2 : 1);
    return weights;
}
