/* Back-propagation through time of the reference network: the layers of a frame, and the frames. */
#include "reference.h"
#include "reference_layer.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------- memory */

/* Offsets of the layer's tensors, of which `tensor` is the first. */
static void set_offsets(struct reference_layer *layer, const struct tc_architecture *arch,
                        const struct tc_tensor *tensor)
{
    layer->w_ih = tensor[0].offset;
    layer->w_hh = tensor[1].offset;
    layer->b_ih = tensor[2].offset;
    layer->b_hh = tensor[3].offset;
    layer->peephole = tensor[4].offset;
    tensor += layer->cell == TC_CELL_LSTM_PEEPHOLE ? 5 : 4;
    layer->norm_gain = tensor[0].offset;
    layer->norm_bias = tensor[1].offset;
    layer->h0 = tensor[arch->layer_norm ? 2 : 0].offset;
}

/* Memory for n frames is one block, at h. */
static void layer_init(struct reference_layer *layer, const struct tc_architecture *arch,
                       unsigned l, const struct tc_tensor *tensor, size_t n)
{
    const size_t H = arch->layer[l].hidden;

    layer->cell = arch->layer[l].cell;
    layer->activation = arch->layer[l].activation;
    layer->inputs = tensor[0].cols;
    layer->hidden = H;
    layer->gates = tensor[0].rows / H;
    layer->norm = arch->layer_norm;
    layer->below = l ? layer - 1 : NULL;
    layer->residual = arch->residual && l && arch->layer[l - 1].hidden == H;
    set_offsets(layer, arch, tensor);
    layer->h = calloc((8 * n + 5) * H + n * (layer->inputs + 1), sizeof *layer->h);
    layer->c = layer->h + (n + 1) * H;
    layer->gate = layer->c + (n + 1) * H;
    layer->dh = layer->gate + 4 * n * H;
    layer->dc = layer->dh + H;
    layer->d_output = layer->dc + H;
    layer->output = layer->d_output + H;
    layer->standardised = layer->output + n * H;
    layer->deviation = layer->standardised + n * H;
    layer->input = layer->deviation + n;
}

/* All layers, from a given state. */
static void layers_init(struct reference_layer *layer, const struct tc_architecture *arch,
                        const struct tc_tensor *tensors, const double *state, size_t n_frames)
{
    for (unsigned l = 0; l < arch->layers; ++l) {
        const size_t H = arch->layer[l].hidden;

        layer_init(&layer[l], arch, l, tensors, n_frames);
        memcpy(layer[l].h, state, H * sizeof *state);
        memcpy(layer[l].c, state + H, H * sizeof *state);
        while (tensors->layer == l)
            ++tensors;
        state += 2 * H;
    }
}

/* ------------------------------------------------------------------------- forward */

/* The input of a layer above the lowest at frame t; returns the factors of the next layer. */
static const double *apply_dropout(const struct reference_layer *l, size_t t, const double *dropout)
{
    const double *const below = l->below->output + t * l->inputs;

    for (size_t i = 0; i < l->inputs; ++i)
        l->input[t * l->inputs + i] = below[i] * (dropout ? dropout[i] : 1.0);
    return dropout ? dropout + l->inputs : NULL;
}

static void output_forward(const struct reference_layer *l, const double *p, size_t t)
{
    const size_t H = l->hidden;
    double *const output = l->output + t * H, *const x = l->standardised + t * H;

    for (size_t j = 0; j < H; ++j)
        output[j] = l->h[(t + 1) * H + j] + (l->residual ? l->below->output[t * H + j] : 0.0);
    if (!l->norm)
        return;
    l->deviation[t] = reference_standardise(output, x, H);
    for (size_t j = 0; j < H; ++j)
        output[j] = p[l->norm_gain + j] * x[j] + p[l->norm_bias + j];
}

static void frame_forward(const struct reference_layer *layer, unsigned layers, const double *p,
                          const double *input, const double *dropout, size_t t)
{
    reference_layer_forward(layer, p, input + t * layer->inputs, t);
    output_forward(layer, p, t);
    for (const struct reference_layer *l = layer + 1; l < layer + layers; ++l) {
        dropout = apply_dropout(l, t, dropout);
        reference_layer_forward(l, p, l->input + t * l->inputs, t);
        output_forward(l, p, t);
    }
}

/* ------------------------------------------------------------------------- backward */

/* Layer normalisation o_j = gain_j x_j + bias_j, x = (v - mean) / deviation, of H values v:
 *      dx_j / dv_i = ((i == j) - 1 / H - x_i x_j / H) / deviation */
static void norm_backward(const struct reference_layer *l, const double *p, size_t t,
                          double *gradient)
{
    const size_t H = l->hidden;
    const double *const x = l->standardised + t * H;
    double *const dv = calloc(H, sizeof *dv);

    for (size_t j = 0; j < H; ++j) {
        gradient[l->norm_gain + j] += l->d_output[j] * x[j];
        gradient[l->norm_bias + j] += l->d_output[j];
        for (size_t i = 0; i < H; ++i)
            dv[i] += l->d_output[j] * p[l->norm_gain + j] *
                     ((i == j ? 1.0 : 0.0) - (1.0 + x[i] * x[j]) / (double)H) / l->deviation[t];
    }
    memcpy(l->d_output, dv, H * sizeof *dv);
    free(dv);
}

/* From the gradient of a layer's output to that of h and, where it is residual, of the output of
 * the layer below. */
static void output_backward(const struct reference_layer *l, const double *p, size_t t,
                            double *gradient)
{
    if (l->norm)
        norm_backward(l, p, t, gradient);
    for (size_t j = 0; j < l->hidden; ++j) {
        l->dh[j] += l->d_output[j];
        if (l->residual)
            l->below->d_output[j] += l->d_output[j];
        l->d_output[j] = 0.0;
    }
}

/* The backward pass of a layer above the lowest, down to the output of the layer below. `dropout`
 * points after the layer's factors; returns their start. */
static const double *input_backward(const struct reference_layer *l, const double *p,
                                    const double *dropout, size_t t, double *gradient)
{
    double *const dx = calloc(l->inputs, sizeof *dx);

    reference_layer_backward(l, p, l->input + t * l->inputs, t, dx, gradient);
    if (dropout)
        dropout -= l->inputs;
    for (size_t i = 0; i < l->inputs; ++i)
        l->below->d_output[i] += dx[i] * (dropout ? dropout[i] : 1.0);
    free(dx);
    return dropout;
}

/* All layers at frame t, given the gradient of the last layer's output. */
static void frame_backward(const struct reference_layer *layer, unsigned layers, const double *p,
                           const double *input, const double *dropout_end, size_t t,
                           double *gradient)
{
    for (const struct reference_layer *l = layer + layers - 1; l > layer; --l) {
        output_backward(l, p, t, gradient);
        dropout_end = input_backward(l, p, dropout_end, t, gradient);
    }
    output_backward(layer, p, t, gradient);
    reference_layer_backward(layer, p, input + t * layer->inputs, t, NULL, gradient);
}

/* Scale the gradient that comes to a frame's state from the next frame. */
static void scale_state_gradient(const struct reference_layer *layer, unsigned layers,
                                 double factor)
{
    for (unsigned l = 0; l < layers; ++l)
        for (size_t j = 0; j < layer[l].hidden; ++j) {
            layer[l].dh[j] *= factor;
            layer[l].dc[j] *= factor;
        }
}

/* The gradient of h0, c0. */
static void start_backward(const struct reference_layer *l, double *gradient)
{
    const bool has_c = l->cell == TC_CELL_LSTM || l->cell == TC_CELL_LSTM_PEEPHOLE;

    for (size_t j = 0; j < l->hidden; ++j) {
        gradient[l->h0 + j] += l->dh[j];
        if (has_c)
            gradient[l->h0 + l->hidden + j] += l->dc[j];
    }
}

void reference_backward(const struct tc_architecture *arch, const double *parameters,
                        const double *input, const double *dropout, const double *weight,
                        const double *state, size_t n_frames, double *gradient)
{
    reference_backward_truncated(arch, parameters, input, dropout, weight, state, n_frames, NULL,
                                 gradient);
}

void reference_backward_truncated(const struct tc_architecture *arch, const double *parameters,
                                  const double *input, const double *dropout, const double *weight,
                                  const double *state, size_t n_frames,
                                  const float *gradient_factor, double *gradient)
{
    const size_t dropout_size = reference_dropout_size(arch);
    double *const start = calloc(reference_state_size(arch), sizeof *start);
    struct reference_layer layer[TC_MAX_LAYERS];
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(arch, tensors, NULL), top = arch->layers - 1;
    const size_t H = arch->layer[top].hidden, w = tensors[n - 2].offset, b = tensors[n - 1].offset;

    reference_start(arch, parameters, start);
    layers_init(layer, arch, tensors, state ? state : start, n_frames);
    for (size_t t = 0; t < n_frames; ++t)
        frame_forward(layer, arch->layers, parameters, input,
                      dropout ? dropout + t * dropout_size : NULL, t);
    for (size_t t = n_frames; t-- > 0;) {
        if (gradient_factor)
            scale_state_gradient(layer, arch->layers, (double)gradient_factor[t]);
        reference_affine_backward(parameters, gradient, w, b, arch->outputs, H,
                                  weight + t * arch->outputs, layer[top].output + t * H,
                                  layer[top].d_output);
        frame_backward(layer, arch->layers, parameters, input,
                       dropout ? dropout + (t + 1) * dropout_size : NULL, t, gradient);
    }
    for (unsigned l = 0; l < arch->layers; ++l) {
        if (!state)
            start_backward(&layer[l], gradient);
        free(layer[l].h);
    }
    free(start);
}
