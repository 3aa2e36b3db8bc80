#include "shard_problem.h"

#include <stdlib.h>

#include "tests/support/reference.h"

const struct cut cuts[CUTS] = {{1, FRAMES}, {3, 16}, {16, 15}, {17, 17}, {3, 1}, {1, 2}};

void use_kernels(struct shard_problem *p, const struct tc_layer_kernels *k)
{
    tc_weights_free(p->weights);
    ck_assert_int_eq(tc_weights_new(&p->weights, p->arch, k, NULL), TC_OK);
    tc_weights_pack(p->weights, p->parameters);
}

struct shard_problem problem_new(const struct tc_architecture *arch, unsigned sequences)
{
    struct support_random random = {sequences};
    struct shard_problem p = {.sequences = sequences, .rows = arch->audio_inputs + arch->knobs};

    p.arch = support_zeros(1, sizeof *p.arch);
    *p.arch = *arch;
    p.arch->readout = TC_READOUT_LINEAR;
    p.state_size = reference_state_size(arch);
    p.parameters = support_parameters(arch, 7, &p.n);
    use_kernels(&p, NULL);
    p.exact = support_doubles(p.parameters, p.n);
    p.input = support_random_doubles(&random, sequences * FRAMES * p.rows);
    p.weight = support_random_doubles(&random, sequences * FRAMES * arch->outputs);
    return p;
}

void problem_free(struct shard_problem *p)
{
    tc_weights_free(p->weights);
    free(p->parameters);
    free(p->exact);
    free(p->input);
    free(p->weight);
    free(p->arch);
}

const double *input_at(const struct shard_problem *p, unsigned sequence, size_t frame)
{
    return p->input + (sequence * FRAMES + frame) * p->rows;
}

const double *weight_at(const struct shard_problem *p, unsigned sequence, size_t frame)
{
    return p->weight + (sequence * FRAMES + frame) * p->arch->outputs;
}

struct tc_shard *shard_new(const struct shard_problem *p, unsigned max_frames)
{
    struct tc_shard *shard = NULL;

    ck_assert_int_eq(tc_shard_new(&shard, p->weights, p->sequences, max_frames, NULL), TC_OK);
    for (unsigned sequence = 0; sequence < p->sequences; ++sequence)
        tc_shard_reset_sequence(shard, p->parameters, sequence);
    return shard;
}

void forward(const struct shard_problem *p, struct tc_shard *shard, unsigned start,
             unsigned n_frames)
{
    for (unsigned t = 0; t < n_frames; ++t)
        for (unsigned sequence = 0; sequence < p->sequences; ++sequence)
            for (unsigned row = 0; row < p->rows; ++row)
                tc_shard_input(shard, sequence, row)[t] =
                    (float)input_at(p, sequence, start + t)[row];
    tc_shard_forward(shard, n_frames);
}

void fill_output_gradient(const struct shard_problem *p, struct tc_shard *shard, unsigned start,
                          unsigned n_frames)
{
    for (unsigned t = 0; t < n_frames; ++t)
        for (unsigned sequence = 0; sequence < p->sequences; ++sequence)
            for (unsigned o = 0; o < p->arch->outputs; ++o)
                tc_shard_output_gradient(shard, sequence, o)[t] =
                    (float)weight_at(p, sequence, start + t)[o];
}

void backward(const struct shard_problem *p, struct tc_shard *shard, unsigned start,
              unsigned n_frames, float *gradient)
{
    fill_output_gradient(p, shard, start, n_frames);
    tc_shard_backward(shard, gradient, n_frames);
}

void take_outputs(const struct shard_problem *p, const struct tc_shard *shard, unsigned start,
                  unsigned n_frames, float *all)
{
    const size_t outputs = p->arch->outputs;

    for (unsigned t = 0; t < n_frames; ++t)
        for (unsigned sequence = 0; sequence < p->sequences; ++sequence)
            for (unsigned o = 0; o < outputs; ++o)
                all[(sequence * FRAMES + start + t) * outputs + o] =
                    tc_shard_output(shard, sequence, o)[t];
}

void run_chunks(const struct shard_problem *p, unsigned max_frames, unsigned chunk, float *outputs,
                float *gradient)
{
    struct tc_shard *const shard = shard_new(p, max_frames);

    for (unsigned start = 0; start < FRAMES; start += chunk) {
        const unsigned n = start + chunk < FRAMES ? chunk : FRAMES - start;

        forward(p, shard, start, n);
        if (outputs)
            take_outputs(p, shard, start, n, outputs);
        if (gradient)
            backward(p, shard, start, n, gradient);
        tc_shard_advance(shard, n);
    }
    tc_shard_free(shard);
}

float *chunked_outputs(const struct shard_problem *p, unsigned chunk)
{
    float *const outputs = support_zeros(p->sequences * FRAMES * p->arch->outputs, sizeof *outputs);

    run_chunks(p, chunk, chunk, outputs, NULL);
    return outputs;
}

double *exact_gradient(const struct shard_problem *p, unsigned chunk, const double *dropout_factors)
{
    const size_t factors_size = reference_dropout_size(p->arch);
    double *const gradient = support_zeros(p->n, sizeof *gradient);
    double *const state = support_zeros(p->state_size, sizeof *state);
    double *const output = support_zeros(chunk * p->arch->outputs, sizeof *output);

    for (unsigned sequence = 0; sequence < p->sequences; ++sequence) {
        reference_start(p->arch, p->exact, state);
        for (unsigned start = 0; start < FRAMES; start += chunk) {
            const unsigned n = start + chunk < FRAMES ? chunk : FRAMES - start;
            const double *const factors =
                dropout_factors ? dropout_factors + (sequence * FRAMES + start) * factors_size
                                : NULL;

            reference_gradient(p->arch, p->exact, input_at(p, sequence, start), factors,
                               weight_at(p, sequence, start), state, n, gradient);
            reference_run(p->arch, p->exact, input_at(p, sequence, start), factors, output, state,
                          n);
        }
    }
    free(output);
    free(state);
    return gradient;
}
