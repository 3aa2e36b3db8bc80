#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "activation_scan.h"
#include "kernels/kernels.h"

/* The bound documented in tanh_table.h; that of a logistic is half of it plus its own rounding. */
#define TABLE_ERROR 2.5e-7

/* A layer of plain units that apply their activation to one input each: as many inputs as
 * units, the identity between them, no recurrence. Each channel has a state of its own, which is 0,
 * so a frame of many channels activates as many rows of inputs. */
struct activator {
    const struct tc_kernels *k;
    struct tc_packed_layer layer;
    float *packed, *h, *c, *scratch;
};

/* Zeros with the alignment that the kernels require. */
static float *aligned_zeros(size_t n)
{
    const size_t size = (n * sizeof(float) + 64) / 64 * 64;
    float *const memory = aligned_alloc(64, size);

    ck_assert_ptr_nonnull(memory);
    memset(memory, 0, size);
    return memory;
}

static struct activator activator_new(const struct tc_kernels *k, enum tc_activation activation,
                                      size_t width)
{
    float *const identity = support_zeros(width * width, sizeof *identity);
    float *const zeros = support_zeros(width * width, sizeof *zeros);
    const struct tc_layer_weights weights = {.cell = TC_CELL_RNN,
                                             .activation = activation,
                                             .inputs = width,
                                             .hidden = width,
                                             .w_ih = identity,
                                             .w_hh = zeros,
                                             .b_ih = zeros,
                                             .b_hh = zeros};
    const size_t channels = SCAN_VALUES / width, units = tc_kernels_units(k, width);
    const struct activator activator = {.k = k,
                                        .layer = {.cell = TC_CELL_RNN,
                                                  .activation = activation,
                                                  .inputs = width,
                                                  .hidden = width,
                                                  .units = units,
                                                  .channels = channels},
                                        .packed = aligned_zeros(k->packed_size(&weights)),
                                        .h = aligned_zeros(2 * channels * units),
                                        .c = aligned_zeros(channels * units),
                                        .scratch = aligned_zeros(k->scratch(&weights, 1))};

    for (size_t i = 0; i < width; ++i)
        identity[i * (width + 1)] = 1.0f;
    k->pack(activator.packed, &weights);
    free(zeros);
    free(identity);
    return activator;
}

static void activator_free(struct activator *activator)
{
    free(activator->scratch);
    free(activator->c);
    free(activator->h);
    free(activator->packed);
}

static void activate_rows(const struct activator *activator, const float *in, float *out)
{
    struct tc_packed_layer layer = activator->layer;
    const struct tc_forward_args args = {.layer = &layer,
                                         .n_frames = 1,
                                         .x = in,
                                         .x_pitch = layer.inputs,
                                         .h = activator->h,
                                         .c = activator->c,
                                         .scratch = activator->scratch};

    layer.weights = activator->packed;
    activator->k->forward(&args);
    for (size_t channel = 0; channel < layer.channels; ++channel)
        memcpy(out + channel * layer.hidden,
               activator->h + (layer.channels + channel) * layer.units, layer.hidden * sizeof *out);
}

/* Infinity times a weight of 0 is NaN, so values that are not finite go to a layer of one unit. */
struct activators {
    struct activator row, alone;
};

enum { ROW = 16 }; /* units, a full vector of any of the sets */

static void activate(void *self, const float *in, float *out)
{
    const struct activators *const activators = self;

    activate_rows(isfinite(in[0]) ? &activators->row : &activators->alone, in, out);
}

START_TEST(activations_of_the_kernels_are_within_their_bounds)
{
    static const enum tc_activation tried[] = {TC_TANH, TC_LOGISTIC};
    const struct tc_kernels *const k = tc_kernels_find(support_kernels((unsigned)_i / 2), ~0u);
    const enum tc_activation activation = tried[_i % 2];
    struct activators activators = {activator_new(k, activation, ROW),
                                    activator_new(k, activation, 1)};
    const struct scanned scanned = {.name = k->name,
                                    .activation = activation,
                                    .error = strcmp(k->name, "avx512") ? (double)TC_ACTIVATION_ERROR
                                                                       : TABLE_ERROR,
                                    .beyond = (double)TC_ACTIVATION_ERROR,
                                    .fall = (double)TC_ACTIVATION_ERROR,
                                    .activate = activate,
                                    .self = &activators};

    scan_activation(&scanned);
    activator_free(&activators.alone);
    activator_free(&activators.row);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("kernel activations");
    int sets = 0;

    while (support_kernels((unsigned)sets))
        ++sets;
    tcase_add_loop_test(tests, activations_of_the_kernels_are_within_their_bounds, 0, 2 * sets);
    return support_run(tests, "kernel activations");
}
