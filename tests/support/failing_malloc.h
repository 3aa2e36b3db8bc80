/** @file
 *  Allocations that fail on demand, in tests by Check. Link with -static and
 *  -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc,--wrap=strdup
 *  so that the library's own calls are counted, too. Check allocates as well: no assertion may
 *  stand between start and stop.
 *
 *  A call is repeated with each of its i allocations failing in turn, and finally without failure:
 *
 *      long i = -1;
 *
 *      do {
 *          failing_malloc_start(++i);
 *          failed = failing_malloc_failed(call(&result));
 *          ck_assert(failed == !result);
 *      } while (failed); */
#ifndef FAILING_MALLOC_H
#define FAILING_MALLOC_H

#include "tonecell.h"

/** Count allocations from now on, and let number `fail_at` (from 0) fail; -1 for none. */
void failing_malloc_start(long fail_at);

/** Let all succeed again. Returns the number of allocations since the start. */
long failing_malloc_stop(void);

/** Let all succeed again. Returns whether an allocation failed; the test fails unless `status`,
 *  that of the call since the start, is TC_NO_MEMORY then, and TC_OK otherwise. */
bool failing_malloc_failed(enum tc_status status);

#endif
