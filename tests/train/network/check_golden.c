/* Tonecell against PyTorch: golden/make_golden.py says how the files were made. */
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files/file.h"
#include "formats/safetensors.h"
#include "train/network/network.h"

static const char *const names[] = {"rnn1", "rnn2", "lstm1",     "lstm2",        "lstm_knobs",
                                    "gru1", "gru2", "peephole2", "reset_before2"};
static const char *const names_with_gradients[] = {"lstm2", "gru2", "peephole2", "reset_before2"};

enum {
    FILES = sizeof names / sizeof *names,
    GRADIENTS = sizeof names_with_gradients / sizeof *names_with_gradients
};

/* A file, the model in it, and the golden signals: (frames, values). */
struct golden {
    unsigned char *bytes;
    struct tc_safetensors file;
    struct tc_model *model;
    const struct tc_architecture *arch;
    size_t frames;
    float *input, *output;
};

static float *floats_of(const struct golden *g, const char *name)
{
    const struct tc_safetensor *const tensor = tc_safetensors_find(&g->file, name);

    ck_assert_msg(tensor != NULL, "there is no %s", name);
    float *const values = support_zeros(tensor->count, sizeof *values);

    ck_assert_int_eq(tc_safetensor_floats(tensor, values, NULL), TC_OK);
    return values;
}

static struct golden golden_read(const char *name)
{
    const char *const srcdir = getenv("srcdir"); /* make check says where */
    struct golden g = {0};
    struct tc_error error = {""};
    char path[4096];
    size_t size;

    snprintf(path, sizeof path, "%s/tests/train/network/golden/%s.safetensors",
             srcdir ? srcdir : ".", name);
    enum tc_status status = tc_file_read(path, 1 << 20, &g.bytes, &size, &error);

    if (!status)
        status = tc_safetensors_read(&g.file, g.bytes, size, &error);
    if (!status)
        status = tc_model_read(&g.model, g.bytes, size, &error);
    ck_assert_msg(status == TC_OK, "%s: %s", path, error.message);
    g.arch = tc_model_architecture(g.model);
    g.frames = tc_safetensors_find(&g.file, "golden.input")->shape[0];
    g.input = floats_of(&g, "golden.input");
    g.output = floats_of(&g, "golden.output");
    return g;
}

static void golden_free(struct golden *g)
{
    free(g->output);
    free(g->input);
    tc_model_free(g->model);
    tc_safetensors_free(&g->file);
    free(g->bytes);
}

/* (frames, rows) to one buffer after the other, from column `first` on. */
static struct support_signals planar(const struct golden *g, unsigned first, unsigned rows)
{
    const struct support_signals signals = support_signals_new(rows, g->frames);
    const size_t columns = g->arch->audio_inputs + g->arch->knobs;

    for (size_t row = 0; row < rows; ++row)
        for (size_t t = 0; t < g->frames; ++t)
            signals.samples[row * g->frames + t] = g->input[t * columns + first + row];
    return signals;
}

START_TEST(stream_output_matches_pytorch)
{
    struct golden g = golden_read(names[_i]);
    struct tc_stream *const stream = support_stream(g.model, 1);
    struct support_signals in = planar(&g, 0, 1), knobs = planar(&g, 1, g.arch->knobs);
    struct support_signals out = support_signals_new(1, g.frames);

    support_play(stream, &in, &knobs, &out, 0, g.frames);
    for (size_t t = 0; t < g.frames; ++t)
        support_require(fabsf(out.samples[t] - g.output[t]) <= 2e-6f,
                        "%s: frame %zu is %.9g, expected %.9g", names[_i], t,
                        (double)out.samples[t], (double)g.output[t]);
    support_signals_free(&out);
    support_signals_free(&knobs);
    support_signals_free(&in);
    tc_stream_free(stream);
    golden_free(&g);
}
END_TEST

/* The trainer's gradient of the whole file in one chunk; the caller frees it. */
static float *trained_gradient(const struct golden *g)
{
    const float *const parameters = tc_model_parameters(g->model);
    const unsigned frames = (unsigned)g->frames;
    float *const weight = floats_of(g, "golden.weight");
    struct tc_weights *weights = NULL;
    struct tc_shard *shard = NULL;
    size_t n;

    tc_architecture_tensors(g->arch, NULL, &n);
    float *const gradient = support_zeros(n, sizeof *gradient);

    ck_assert_int_eq(tc_weights_new(&weights, g->arch, NULL, NULL), TC_OK);
    tc_weights_pack(weights, parameters);
    ck_assert_int_eq(tc_shard_new(&shard, weights, 1, frames, NULL), TC_OK);
    tc_shard_reset_sequence(shard, parameters, 0);
    memcpy(tc_shard_input(shard, 0, 0), g->input, frames * sizeof *g->input);
    tc_shard_forward(shard, frames);
    for (unsigned t = 0; t < frames; ++t)
        ck_assert_float_eq_tol(tc_shard_output(shard, 0, 0)[t], g->output[t], 2e-6f);
    memcpy(tc_shard_output_gradient(shard, 0, 0), weight, frames * sizeof *weight);
    tc_shard_backward(shard, gradient, frames);
    tc_shard_free(shard);
    tc_weights_free(weights);
    free(weight);
    return gradient;
}

/* Norm of the difference over norm of PyTorch's gradient; 0 where it has none. */
static double difference(const struct golden *g, const struct tc_tensor *tensor,
                         const float *gradient, unsigned *compared)
{
    double sum = 0.0, size = 0.0;
    char name[64];

    snprintf(name, sizeof name, "golden.gradient.%.31s", tensor->name);
    if (!tc_safetensors_find(&g->file, name))
        return 0.0;
    float *const expected = floats_of(g, name);

    for (size_t i = 0; i < tensor->rows * tensor->cols; ++i) {
        const double e = (double)expected[i], d = (double)gradient[tensor->offset + i] - e;

        sum += d * d;
        size += e * e;
    }
    free(expected);
    ++*compared;
    return sqrt(sum / size);
}

START_TEST(gradient_matches_pytorch)
{
    struct golden g = golden_read(names_with_gradients[_i]);
    float *const gradient = trained_gradient(&g);
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(g.arch, tensors, NULL);
    unsigned compared = 0, starts = 0; /* tensors of the start state, h0 and c0 */

    for (unsigned i = 0; i < n; ++i) {
        const double d = difference(&g, &tensors[i], gradient, &compared);

        starts += strstr(tensors[i].name, "0_l") != NULL;

        ck_assert_msg(d <= 1e-5, "%s: %s is off by %g of its norm", names_with_gradients[_i],
                      tensors[i].name, d);
    }
    ck_assert_uint_eq(compared, n - starts);
    free(gradient);
    golden_free(&g);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("golden");

    tcase_add_loop_test(tests, stream_output_matches_pytorch, 0, FILES);
    tcase_add_loop_test(tests, gradient_matches_pytorch, 0, GRADIENTS);
    return support_run(tests, "golden");
}
