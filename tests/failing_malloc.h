/** @file
 *  Allocations that fail on demand. Link with -static and
 *  -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc,--wrap=strdup
 *  so that the library's own calls are counted, too. Check allocates as well: no assertion may
 *  stand between start and stop. */
#ifndef FAILING_MALLOC_H
#define FAILING_MALLOC_H

/** Count allocations from now on, and let number `fail_at` (from 0) fail; -1 for none. */
void failing_malloc_start(long fail_at);

/** Let all succeed again. Returns how many were asked for. */
long failing_malloc_stop(void);

#endif
