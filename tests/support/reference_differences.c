/* The gradient of the reference network by central differences of its forward pass. */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

/* L of reference_gradient(). */
static double loss(const struct tc_architecture *arch, const double *parameters,
                   const double *input, const double *dropout, const double *weight,
                   const double *state, size_t n_frames)
{
    const size_t size = reference_state_size(arch), n = n_frames * arch->outputs;
    double *const last_state = malloc((size + n) * sizeof *last_state);
    double *const output = last_state + size;
    double sum = 0.0;

    if (state)
        memcpy(last_state, state, size * sizeof *last_state);
    else
        reference_start(arch, parameters, last_state);
    reference_run(arch, parameters, input, dropout, output, last_state, n_frames);
    for (size_t i = 0; i < n; ++i)
        sum += weight[i] * output[i];
    free(last_state);
    return sum;
}

/* dL/dp = (L(p + step) - L(p - step)) / (2 step), with an error of the order of step^2 */
void reference_gradient(const struct tc_architecture *arch, const double *parameters,
                        const double *input, const double *dropout, const double *weight,
                        const double *state, size_t n_frames, double *gradient)
{
    const double step = 1e-5;
    size_t n;

    tc_architecture_tensors(arch, NULL, &n);
    double *const varied = malloc(n * sizeof *varied);

    memcpy(varied, parameters, n * sizeof *varied);
    for (size_t i = 0; i < n; ++i) {
        varied[i] = parameters[i] + step;
        const double above = loss(arch, varied, input, dropout, weight, state, n_frames);

        varied[i] = parameters[i] - step;
        const double below = loss(arch, varied, input, dropout, weight, state, n_frames);

        varied[i] = parameters[i];
        gradient[i] += (above - below) / (2.0 * step);
    }
    free(varied);
}
