#include "guarded.h"

#include "support.h"

#include <stdlib.h>
#include <string.h>

#define CANARY 12345.0f

enum { GUARD = 16 }; /* floats on either side, so many that the array stays aligned */

struct guarded guarded_new(size_t n)
{
    const size_t floats = (n + 15) / 16 * 16 + 2 * GUARD;
    struct guarded g = {.n = n};

    g.memory = aligned_alloc(64, floats * sizeof *g.memory);
    ck_assert_ptr_nonnull(g.memory);
    for (size_t i = 0; i < floats; ++i)
        g.memory[i] = CANARY;
    g.v = g.memory + GUARD;
    memset(g.v, 0, n * sizeof *g.v);
    return g;
}

void guarded_free(struct guarded *g, const char *what)
{
    for (size_t i = 0; i < GUARD; ++i)
        support_require(g->memory[i] == CANARY && g->v[g->n + i] == CANARY,
                        "%s: written beyond %zu floats", what, g->n);
    free(g->memory);
}
