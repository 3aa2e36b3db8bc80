#include "train/shard.h"

#include "memory.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ memory */

static size_t grid_floats(const struct tc_shard *shard, size_t rows)
{
    const size_t blocks = (shard->max_frames + TC_BLOCK_FRAMES - 1) / TC_BLOCK_FRAMES;

    return blocks * rows * shard->pitch;
}

static size_t widest(const struct tc_architecture *arch)
{
    size_t hidden = 0;

    for (unsigned l = 0; l < arch->layers; ++l)
        hidden = arch->layer[l].hidden > hidden ? arch->layer[l].hidden : hidden;
    return hidden;
}

static void lay_out(struct tc_shard *shard, struct tc_carver *carver)
{
    const struct tc_architecture *const arch = &shard->arch;
    const size_t wide = widest(arch), pitch = shard->pitch;

    shard->x = tc_carve(carver, grid_floats(shard, arch->audio_inputs + arch->knobs));
    shard->y = tc_carve(carver, grid_floats(shard, arch->outputs));
    shard->dy = tc_carve(carver, grid_floats(shard, arch->outputs));
    shard->dh = tc_carve(carver, grid_floats(shard, wide));
    shard->dh_below = tc_carve(carver, arch->layers > 1 ? grid_floats(shard, wide) : 0);
    shard->dh_next = tc_carve(carver, wide * pitch);
    shard->dc_next = tc_carve(carver, wide * pitch);
    shard->ones = tc_carve(carver, TC_BLOCK_FRAMES * shard->lanes);
    for (unsigned l = 0; l < arch->layers; ++l) {
        struct tc_shard_layer *const layer = &shard->layer[l];
        const size_t cell_rows = layer->cell == TC_CELL_LSTM ? layer->hidden : 0;

        layer->x = l ? shard->layer[l - 1].h : shard->x;
        layer->z = tc_carve(carver, grid_floats(shard, layer->z_rows));
        layer->h = tc_carve(carver, grid_floats(shard, layer->hidden));
        layer->c = tc_carve(carver, grid_floats(shard, cell_rows));
        layer->tanh_c = tc_carve(carver, grid_floats(shard, cell_rows));
        layer->h_start = tc_carve(carver, layer->hidden * pitch);
        layer->c_start = tc_carve(carver, cell_rows * pitch);
    }
}

static void describe_layers(struct tc_shard *shard)
{
    const struct tc_architecture *const arch = &shard->arch;
    struct tc_layer_offsets at[TC_MAX_LAYERS];

    tc_parameter_offsets(arch, at, &shard->readout);
    for (unsigned l = 0; l < arch->layers; ++l) {
        const struct tc_layer *const shape = &arch->layer[l];
        const size_t blocks = shape->cell == TC_CELL_GRU ? 4 : tc_cell_gates(shape->cell);

        shard->layer[l] = (struct tc_shard_layer){.cell = shape->cell,
                                                  .activation = shape->activation,
                                                  .inputs = tc_layer_inputs(arch, l),
                                                  .hidden = shape->hidden,
                                                  .z_rows = blocks * shape->hidden,
                                                  .at = at[l]};
    }
}

enum tc_status tc_shard_new(struct tc_shard **shard, const struct tc_architecture *arch,
                            unsigned lanes, unsigned max_frames, struct tc_error *error)
{
    struct tc_shard *const made = calloc(1, sizeof *made);
    struct tc_carver carver = {0};

    if (!made)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a shard");
    made->arch = *arch;
    made->lanes = lanes;
    made->max_frames = max_frames;
    /* The odd line keeps the rows of a block apart in the cache's sets. */
    made->pitch = (TC_BLOCK_FRAMES * lanes / TC_ALIGN_FLOATS + 1) * TC_ALIGN_FLOATS;
    describe_layers(made);
    lay_out(made, &carver);
    made->memory = tc_floats_new(carver.used);
    if (!made->memory) {
        tc_shard_free(made);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %u streams of %u frames", lanes,
                       max_frames);
    }
    carver = (struct tc_carver){.base = made->memory};
    lay_out(made, &carver);
    for (size_t i = 0; i < TC_BLOCK_FRAMES * made->lanes; ++i)
        made->ones[i] = 1.0f;
    *shard = made;
    return TC_OK;
}

void tc_shard_free(struct tc_shard *shard)
{
    if (!shard)
        return;
    free(shard->memory);
    free(shard);
}

size_t tc_shard_pitch(const struct tc_shard *shard)
{
    return shard->pitch;
}

float *tc_shard_input(struct tc_shard *shard, unsigned t)
{
    return tc_grid_at(shard, shard->x, shard->arch.audio_inputs + shard->arch.knobs, t);
}

const float *tc_shard_output(const struct tc_shard *shard, unsigned t)
{
    return tc_grid_at(shard, shard->y, shard->arch.outputs, t);
}

float *tc_shard_output_gradient(struct tc_shard *shard, unsigned t)
{
    return tc_grid_at(shard, shard->dy, shard->arch.outputs, t);
}

/* ------------------------------------------------------------------ state */

void tc_shard_reset_lane(struct tc_shard *shard, const float *parameters, unsigned lane)
{
    for (unsigned l = 0; l < shard->arch.layers; ++l) {
        struct tc_shard_layer *const layer = &shard->layer[l];

        for (size_t u = 0; u < layer->hidden; ++u) {
            layer->h_start[u * shard->pitch + lane] = parameters[layer->at.h0 + u];
            if (layer->cell == TC_CELL_LSTM)
                layer->c_start[u * shard->pitch + lane] = parameters[layer->at.c0 + u];
        }
    }
}

static void copy_rows(const struct tc_shard *shard, float *to, const float *from, size_t rows)
{
    for (size_t r = 0; r < rows; ++r)
        memcpy(to + r * shard->pitch, from + r * shard->pitch, shard->lanes * sizeof *to);
}

void tc_shard_carry(struct tc_shard *shard, unsigned n_frames)
{
    if (!n_frames)
        return;
    for (unsigned l = 0; l < shard->arch.layers; ++l) {
        struct tc_shard_layer *const layer = &shard->layer[l];
        const size_t n = layer->hidden, last = n_frames - 1;

        copy_rows(shard, layer->h_start, tc_grid_at(shard, layer->h, n, last), n);
        if (layer->cell == TC_CELL_LSTM)
            copy_rows(shard, layer->c_start, tc_grid_at(shard, layer->c, n, last), n);
    }
}

/* ------------------------------------------------------------------ products */

/* y += w x with w (rows, inner) row-major; x (inner, cols) and y (rows, cols) at the pitch. */
static void multiply(const struct tc_shard *shard, float *y, const float *w, const float *x,
                     size_t rows, size_t inner, size_t cols)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)rows, (blasint)cols,
                (blasint)inner, 1.0f, w, (blasint)inner, x, (blasint)shard->pitch, 1.0f, y,
                (blasint)shard->pitch);
}

/* dx = keep dx + w' dy, the way back of multiply(). */
static void multiply_back(const struct tc_shard *shard, float *dx, float keep, const float *w,
                          const float *dy, size_t rows, size_t inner, size_t cols)
{
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (blasint)inner, (blasint)cols,
                (blasint)rows, 1.0f, w, (blasint)inner, dy, (blasint)shard->pitch, keep, dx,
                (blasint)shard->pitch);
}

/* dw += dy x', summed over lanes and the frames of a block. */
static void multiply_gradient(const struct tc_shard *shard, float *dw, const float *dy,
                              const float *x, size_t rows, size_t inner, size_t cols)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)rows, (blasint)inner,
                (blasint)cols, 1.0f, dy, (blasint)shard->pitch, x, (blasint)shard->pitch, 1.0f, dw,
                (blasint)inner);
}

/* db += the sum of dy over lanes and the frames of a block. */
static void bias_gradient(const struct tc_shard *shard, float *db, const float *dy, size_t rows,
                          size_t cols)
{
    cblas_sgemv(CblasRowMajor, CblasNoTrans, (blasint)rows, (blasint)cols, 1.0f, dy,
                (blasint)shard->pitch, shard->ones, 1, 1.0f, db, 1);
}

static void fill_rows(const struct tc_shard *shard, float *y, const float *a, const float *b,
                      size_t rows, size_t cols)
{
    for (size_t r = 0; r < rows; ++r) {
        const float bias = b ? a[r] + b[r] : a[r];

        for (size_t i = 0; i < cols; ++i)
            y[r * shard->pitch + i] = bias;
    }
}

/* ------------------------------------------------------------------ one layer */

/* The frames of a block: t to t + count of the chunk, `cols` columns of every grid. */
struct block {
    size_t t, count, cols;
};

static struct block block_at(const struct tc_shard *shard, size_t t, size_t n_frames)
{
    const size_t count = n_frames - t < TC_BLOCK_FRAMES ? n_frames - t : TC_BLOCK_FRAMES;

    return (struct block){t, count, count * shard->lanes};
}

/* z = W x + biases for a whole block: all that does not depend on the state. */
static void input_share(const struct tc_shard *shard, const struct tc_shard_layer *layer,
                        const float *p, struct block block)
{
    const float *const x = tc_grid_at(shard, layer->x, layer->inputs, block.t);
    const float *const w = p + layer->at.w_ih;
    const float *const b_ih = p + layer->at.b_ih, *const b_hh = p + layer->at.b_hh;
    const size_t n = layer->hidden, cols = block.cols;
    float *const z = tc_grid_at(shard, layer->z, layer->z_rows, block.t);

    if (layer->cell == TC_CELL_GRU) { /* parameters r, z, n; rows n, r, z, q */
        fill_rows(shard, z, b_ih + 2 * n, NULL, n, cols);
        fill_rows(shard, z + n * shard->pitch, b_ih, b_hh, 2 * n, cols);
        fill_rows(shard, z + 3 * n * shard->pitch, b_hh + 2 * n, NULL, n, cols);
        multiply(shard, z, w + 2 * n * layer->inputs, x, n, layer->inputs, cols);
        multiply(shard, z + n * shard->pitch, w, x, 2 * n, layer->inputs, cols);
    } else {
        fill_rows(shard, z, b_ih, b_hh, layer->z_rows, cols);
        multiply(shard, z, w, x, layer->z_rows, layer->inputs, cols);
    }
}

/* The rows of z that the state feeds: all, but for a GRU r, z, q. */
static float *state_rows(const struct tc_shard *shard, const struct tc_shard_layer *layer, size_t t)
{
    float *const z = tc_grid_at(shard, layer->z, layer->z_rows, t);

    return layer->cell == TC_CELL_GRU ? z + layer->hidden * shard->pitch : z;
}

static void forward_frame(const struct tc_shard *shard, const struct tc_shard_layer *layer,
                          const float *p, size_t t)
{
    const size_t n = layer->hidden;

    multiply(shard, state_rows(shard, layer, t), p + layer->at.w_hh,
             tc_state_before(shard, layer->h, layer->h_start, n, t), tc_cell_gates(layer->cell) * n,
             n, shard->lanes);
    switch (layer->cell) {
    case TC_CELL_RNN:
        tc_rnn_forward(shard, layer, t);
        break;
    case TC_CELL_LSTM:
        tc_lstm_forward(shard, layer, t);
        break;
    case TC_CELL_GRU:
        tc_gru_forward(shard, layer, t);
        break;
    }
}

static void forward_layer(const struct tc_shard *shard, const struct tc_shard_layer *layer,
                          const float *p, size_t n_frames)
{
    for (size_t start = 0; start < n_frames; start += TC_BLOCK_FRAMES) {
        const struct block block = block_at(shard, start, n_frames);

        input_share(shard, layer, p, block);
        for (size_t t = start; t < start + block.count; ++t)
            forward_frame(shard, layer, p, t);
    }
}

/* dh (hidden, lanes) += from. */
static void add_rows(const struct tc_shard *shard, float *dh, const float *from, size_t rows)
{
    for (size_t r = 0; r < rows; ++r)
        for (size_t s = 0; s < shard->lanes; ++s)
            dh[r * shard->pitch + s] += from[r * shard->pitch + s];
}

static void backward_frame(const struct tc_shard *shard, const struct tc_shard_layer *layer,
                           const float *p, size_t t)
{
    const size_t n = layer->hidden;
    float *const dh = tc_grid_at(shard, shard->dh, n, t);
    float keep = 0.0f;

    add_rows(shard, dh, shard->dh_next, n);
    switch (layer->cell) {
    case TC_CELL_RNN:
        tc_rnn_backward(shard, layer, t, dh);
        break;
    case TC_CELL_LSTM:
        tc_lstm_backward(shard, layer, t, dh);
        break;
    case TC_CELL_GRU:
        tc_gru_backward(shard, layer, t, dh);
        keep = 1.0f;
        break;
    }
    multiply_back(shard, shard->dh_next, keep, p + layer->at.w_hh, state_rows(shard, layer, t),
                  tc_cell_gates(layer->cell) * n, n, shard->lanes);
}

/* dU += dz h'^T: each frame meets the state before it, so the block's first frame goes alone. */
static void state_weight_gradient(const struct tc_shard *shard, const struct tc_shard_layer *layer,
                                  float *gradient, struct block block)
{
    const size_t n = layer->hidden, rows = tc_cell_gates(layer->cell) * n;
    float *const du = gradient + layer->at.w_hh;
    const float *const dz = state_rows(shard, layer, block.t);

    multiply_gradient(shard, du, dz, tc_state_before(shard, layer->h, layer->h_start, n, block.t),
                      rows, n, shard->lanes);
    if (block.count > 1)
        multiply_gradient(shard, du, dz + shard->lanes, tc_grid_at(shard, layer->h, n, block.t),
                          rows, n, block.cols - shard->lanes);
}

/* Gradients of W, the biases and, for the layer below, of x, from rows of dz. */
static void input_gradient(const struct tc_shard *shard, const struct tc_shard_layer *layer,
                           const float *p, float *gradient, struct block block, bool below)
{
    const float *const dz = tc_grid_at(shard, layer->z, layer->z_rows, block.t);
    const float *const x = tc_grid_at(shard, layer->x, layer->inputs, block.t);
    float *const dx = tc_grid_at(shard, shard->dh_below, layer->inputs, block.t);
    const size_t n = layer->hidden, inputs = layer->inputs, cols = block.cols;
    /* The rows of dz that belong to W's rows 0.., and, of a GRU, those of its last block. */
    const bool gru = layer->cell == TC_CELL_GRU;
    const float *const dz_first = gru ? dz + n * shard->pitch : dz;
    const size_t first = gru ? 2 * n : layer->z_rows;

    multiply_gradient(shard, gradient + layer->at.w_ih, dz_first, x, first, inputs, cols);
    bias_gradient(shard, gradient + layer->at.b_ih, dz_first, first, cols);
    bias_gradient(shard, gradient + layer->at.b_hh, state_rows(shard, layer, block.t),
                  tc_cell_gates(layer->cell) * n, cols);
    if (below)
        multiply_back(shard, dx, 0.0f, p + layer->at.w_ih, dz_first, first, inputs, cols);
    if (gru) {
        multiply_gradient(shard, gradient + layer->at.w_ih + first * inputs, dz, x, n, inputs,
                          cols);
        bias_gradient(shard, gradient + layer->at.b_ih + first, dz, n, cols);
        if (below)
            multiply_back(shard, dx, 1.0f, p + layer->at.w_ih + first * inputs, dz, n, inputs,
                          cols);
    }
}

static void backward_layer(const struct tc_shard *shard, const struct tc_shard_layer *layer,
                           const float *p, float *gradient, size_t n_frames, bool below)
{
    memset(shard->dh_next, 0, layer->hidden * shard->pitch * sizeof *shard->dh_next);
    memset(shard->dc_next, 0, layer->hidden * shard->pitch * sizeof *shard->dc_next);
    for (size_t end = n_frames; end > 0;) {
        const size_t start = (end - 1) / TC_BLOCK_FRAMES * TC_BLOCK_FRAMES;
        const struct block block = block_at(shard, start, n_frames);

        while (end > start)
            backward_frame(shard, layer, p, --end);
        state_weight_gradient(shard, layer, gradient, block);
        input_gradient(shard, layer, p, gradient, block, below);
    }
}

/* ------------------------------------------------------------------ the network */

/* y = W h + b + direct u. */
static void readout_forward(const struct tc_shard *shard, const float *p, struct block block)
{
    const struct tc_architecture *const arch = &shard->arch;
    const struct tc_shard_layer *const last = &shard->layer[arch->layers - 1];
    const float *const u = tc_grid_at(shard, shard->x, arch->audio_inputs + arch->knobs, block.t);
    float *const y = tc_grid_at(shard, shard->y, arch->outputs, block.t);

    fill_rows(shard, y, p + shard->readout.b, NULL, arch->outputs, block.cols);
    multiply(shard, y, p + shard->readout.w, tc_grid_at(shard, last->h, last->hidden, block.t),
             arch->outputs, last->hidden, block.cols);
    if (arch->direct != 0.0f)
        for (size_t o = 0; o < arch->outputs; ++o)
            for (size_t i = 0; i < block.cols; ++i)
                y[o * shard->pitch + i] += arch->direct * u[o * shard->pitch + i];
}

void tc_shard_forward(struct tc_shard *shard, const float *parameters, unsigned n_frames)
{
    for (unsigned l = 0; l < shard->arch.layers; ++l)
        forward_layer(shard, &shard->layer[l], parameters, n_frames);
    for (size_t t = 0; t < n_frames; t += TC_BLOCK_FRAMES)
        readout_forward(shard, parameters, block_at(shard, t, n_frames));
}

static void readout_backward(const struct tc_shard *shard, const float *p, float *gradient,
                             struct block block)
{
    const size_t outputs = shard->arch.outputs;
    const struct tc_shard_layer *const last = &shard->layer[shard->arch.layers - 1];
    const float *const dy = tc_grid_at(shard, shard->dy, outputs, block.t);
    const size_t n = last->hidden;

    multiply_gradient(shard, gradient + shard->readout.w, dy,
                      tc_grid_at(shard, last->h, n, block.t), outputs, n, block.cols);
    bias_gradient(shard, gradient + shard->readout.b, dy, outputs, block.cols);
    multiply_back(shard, tc_grid_at(shard, shard->dh, n, block.t), 0.0f, p + shard->readout.w, dy,
                  outputs, n, block.cols);
}

void tc_shard_backward(struct tc_shard *shard, const float *parameters, float *gradient,
                       unsigned n_frames)
{
    for (size_t t = 0; t < n_frames; t += TC_BLOCK_FRAMES)
        readout_backward(shard, parameters, gradient, block_at(shard, t, n_frames));
    for (unsigned l = shard->arch.layers; l-- > 0;) {
        float *const done = shard->dh;

        backward_layer(shard, &shard->layer[l], parameters, gradient, n_frames, l > 0);
        if (l > 0) {
            shard->dh = shard->dh_below;
            shard->dh_below = done;
        }
    }
}
