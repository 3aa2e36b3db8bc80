#include "formats/writers/residual.h"

#include "model/model.h"

#include <stdlib.h>
#include <string.h>

static const float INPUT_SCALE = 1e-3f, SATURATION = 30.0f;

static enum tc_status check_one_lstm(const struct tc_architecture *arch, const char *format,
                                     struct tc_error *error)
{
    if (arch->layers != 1 || arch->layer[0].cell != TC_CELL_LSTM || arch->outputs != 1 ||
        arch->audio_inputs != 1)
        return tc_fail(error, TC_UNSUPPORTED,
                       "%s has no direct path from input to output, and only one LSTM layer can "
                       "have it inside, but the model has %u layers, the first %s",
                       format, arch->layers, tc_cell_name(arch->layer[0].cell));
    if (arch->layer[0].hidden >= TC_MAX_UNITS)
        return tc_fail(error, TC_TOO_LARGE, "%s needs %u units, the limit is %d", format,
                       arch->layer[0].hidden + 1, TC_MAX_UNITS);
    return TC_OK;
}

/** Copy a matrix (gates, hidden, from_cols) into one with one more unit: (gates, hidden + 1,
 *  to_cols). */
static void copy_matrix(const float *from, float *to, size_t gates, size_t hidden, size_t from_cols,
                        size_t to_cols)
{
    for (size_t g = 0; g < gates; ++g)
        for (size_t u = 0; u < hidden; ++u)
            memcpy(to + (g * (hidden + 1) + u) * to_cols, from + (g * hidden + u) * from_cols,
                   from_cols * sizeof *to);
}

/** Copy the weights, and set those of the unit that carries the input; `to` is initially 0. */
static void fold(const struct tc_architecture *arch, const float *from,
                 const struct tc_architecture *folded, float *to)
{
    const float gate_bias[4] = {SATURATION, -SATURATION, 0.0f, SATURATION}; /* i, f, g, o */
    const size_t hidden = arch->layer[0].hidden, inputs = tc_layer_inputs(arch, 0);
    struct tc_layer_offsets a, b;
    struct tc_readout_offsets a_readout, b_readout;

    tc_parameter_offsets(arch, &a, &a_readout);
    tc_parameter_offsets(folded, &b, &b_readout);
    copy_matrix(from + a.w_ih, to + b.w_ih, 4, hidden, inputs, inputs);
    copy_matrix(from + a.w_hh, to + b.w_hh, 4, hidden, hidden, hidden + 1);
    copy_matrix(from + a.b_ih, to + b.b_ih, 4, hidden, 1, 1);
    copy_matrix(from + a.b_hh, to + b.b_hh, 4, hidden, 1, 1);
    copy_matrix(from + a.h0, to + b.h0, 1, hidden, 1, 1);
    copy_matrix(from + a.c0, to + b.c0, 1, hidden, 1, 1);
    memcpy(to + b_readout.w, from + a_readout.w, hidden * sizeof *to);
    to[b_readout.b] = from[a_readout.b];
    for (size_t g = 0; g < 4; ++g)
        to[b.b_ih + g * (hidden + 1) + hidden] = gate_bias[g];
    to[b.w_ih + (2 * (hidden + 1) + hidden) * inputs] = INPUT_SCALE;
    to[b_readout.w + hidden] = arch->direct / INPUT_SCALE;
}

enum tc_status tc_model_fold_direct(const struct tc_model *model, const char *format,
                                    struct tc_model **folded, struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const float *const from = tc_model_parameters(model);
    struct tc_architecture wider = *arch;
    enum tc_status status;
    float *to;
    size_t values;

    if (arch->direct == 0.0f)
        return tc_model_new(folded, arch, tc_model_metadata(model), from, error);
    status = check_one_lstm(arch, format, error);
    if (status)
        return status;
    wider.direct = 0.0f;
    ++wider.layer[0].hidden;
    tc_architecture_tensors(&wider, NULL, &values);
    to = calloc(values, sizeof *to);
    if (!to)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu parameters", values);
    fold(arch, from, &wider, to);
    status = tc_model_new(folded, &wider, tc_model_metadata(model), to, error);
    free(to);
    return status;
}
