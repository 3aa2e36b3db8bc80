/** @file
 *  Allocations that fail on demand, in tests by Check. Link with -static and
 *  -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc,--wrap=strdup
 *  so that the library's own calls are counted, too. Check allocates as well: no assertion may
 *  stand between start and stop.
 *
 *  A call whose allocations fail in turn, and at last none of all i:
 *
 *      long i = -1;
 *
 *      do {
 *          failing_malloc_start(++i);
 *          failed = failing_malloc_told(call(&result));
 *          ck_assert(failed == !result);
 *      } while (failed); */
#ifndef FAILING_MALLOC_H
#define FAILING_MALLOC_H

#include "tonecell.h"

/** Count allocations from now on, and let number `fail_at` (from 0) fail; -1 for none. */
void failing_malloc_start(long fail_at);

/** Let all succeed again. Returns how many were asked for. */
long failing_malloc_stop(void);

/** Let all succeed again. Whether the one that was to fail was asked for; the test fails unless
 *  `status`, of all that was called since the start, says so: TC_NO_MEMORY, or else TC_OK. */
bool failing_malloc_told(enum tc_status status);

#endif
