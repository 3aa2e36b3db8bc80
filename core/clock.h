/** @file
 *  Seconds of a monotonic clock. */
#ifndef TC_CLOCK_H
#define TC_CLOCK_H

#include <time.h>

static inline double tc_now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
