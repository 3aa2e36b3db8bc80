#include "train/diagnose/lyapunov.h"

#include "train/data/random.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

enum tc_status tc_lyapunov_init(struct tc_lyapunov *lyapunov, size_t n)
{
    const unsigned m = n < TC_MAX_EXPONENTS ? (unsigned)n : TC_MAX_EXPONENTS;

    *lyapunov = (struct tc_lyapunov){.n = n, .m = m, .memory = malloc(2 * m * n * sizeof(double))};
    if (!lyapunov->memory)
        return TC_NO_MEMORY;
    lyapunov->q = lyapunov->memory;
    lyapunov->next = lyapunov->q + m * n;
    return TC_OK;
}

void tc_lyapunov_done(struct tc_lyapunov *lyapunov)
{
    free(lyapunov->memory);
}

/* Directions in `next` become orthonormal ones in q; length receives |R[i][i]|. */
static enum tc_status orthonormalise(struct tc_lyapunov *l, double length[TC_MAX_EXPONENTS])
{
    const lapack_int n = (lapack_int)l->n, m = (lapack_int)l->m;
    double tau[TC_MAX_EXPONENTS], *const q = l->next;

    if (LAPACKE_dgeqrf(LAPACK_COL_MAJOR, n, m, q, n, tau))
        return TC_NO_MEMORY;
    for (unsigned i = 0; i < l->m; ++i)
        length[i] = fabs(q[i * l->n + i]);
    if (LAPACKE_dorgqr(LAPACK_COL_MAJOR, n, m, m, q, n, tau))
        return TC_NO_MEMORY;
    l->next = l->q;
    l->q = q;
    return TC_OK;
}

enum tc_status tc_lyapunov_start(struct tc_lyapunov *lyapunov)
{
    struct tc_random random = {.state = 1};
    double length[TC_MAX_EXPONENTS];

    for (size_t i = 0; i < lyapunov->m * lyapunov->n; ++i)
        lyapunov->next[i] = tc_random_normal(&random);
    return orthonormalise(lyapunov, length);
}

enum tc_status tc_lyapunov_step(struct tc_lyapunov *lyapunov, const double *jacobian, bool counts)
{
    const int n = (int)lyapunov->n, m = (int)lyapunov->m;
    double length[TC_MAX_EXPONENTS];
    enum tc_status status;

    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, n, 1.0, lyapunov->q, n, jacobian, n,
                0.0, lyapunov->next, n);
    status = orthonormalise(lyapunov, length);
    for (unsigned i = 0; !status && counts && i < lyapunov->m; ++i)
        lyapunov->sum[i] += log(length[i]);
    if (counts)
        ++lyapunov->counted;
    return status;
}

static int descending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x < y) - (x > y);
}

void tc_lyapunov_exponents(const struct tc_lyapunov *lyapunov, double *exponents)
{
    for (unsigned i = 0; i < lyapunov->m; ++i)
        exponents[i] = lyapunov->sum[i] / (double)lyapunov->counted;
    qsort(exponents, lyapunov->m, sizeof *exponents, descending);
}
