#include "compare.h"

#include <check.h>
#include <math.h>
#include <string.h>

bool support_same(const float *a, const float *b, size_t n)
{
    return memcmp(a, b, n * sizeof *a) == 0;
}

bool support_same_parameters(const struct tc_model *a, const struct tc_model *b)
{
    size_t n;

    tc_architecture_tensors(tc_model_architecture(a), NULL, &n);
    return support_same(tc_model_parameters(a), tc_model_parameters(b), n);
}

void support_compare_tensor(const struct tc_tensor *tensor, const float *gradient,
                            const double *exact, double tolerance, const char *what)
{
    const size_t end = tensor->offset + tensor->rows * tensor->cols;
    double difference = 0.0, size = 0.0;

    for (size_t i = tensor->offset; i < end; ++i) {
        const double d = (double)gradient[i] - exact[i];

        difference += d * d;
        size += exact[i] * exact[i];
    }
    support_require(sqrt(difference) <= tolerance * sqrt(size),
                    "%s: %s (%zu, %zu): the gradient is off by %g of its norm %g", what,
                    tensor->name, tensor->rows, tensor->cols, sqrt(difference / size), sqrt(size));
}

void support_compare_gradients(const struct tc_architecture *arch, const float *gradient,
                               const double *exact, double tolerance, const char *what)
{
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(arch, tensors, NULL);

    for (unsigned i = 0; i < n; ++i)
        support_compare_tensor(&tensors[i], gradient, exact, tolerance, what);
}

double support_orthogonality_error(const float *u, size_t n)
{
    double worst = 0.0;

    for (size_t a = 0; a < n; ++a)
        for (size_t b = 0; b < n; ++b) {
            double product = a == b ? -1.0 : 0.0;

            for (size_t r = 0; r < n; ++r)
                product += (double)u[r * n + a] * (double)u[r * n + b];
            worst = fmax(worst, fabs(product));
        }
    return worst;
}
