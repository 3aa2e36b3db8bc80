/** @file
 *  Turning denormal numbers off for a while: on many CPUs they cost a hundred times as much as
 *  others, and a network's state decays through them in every pause. */
#ifndef TC_DENORMALS_H
#define TC_DENORMALS_H

#include <stdint.h>

#if defined(__SSE__)
#include <xmmintrin.h>

/** Flush denormals to zero on this thread, round to nearest and trap nothing, whatever the caller
 *  had set: the samples must not depend on it. Returns the mode to restore. */
static inline uint64_t tc_denormals_off(void)
{
    const unsigned mode = _mm_getcsr();

    _mm_setcsr(0x1f80 | 0x8040); /* the usual mode; flush to zero, denormals are zero */
    return mode;
}

static inline void tc_denormals_restore(uint64_t mode)
{
    _mm_setcsr((unsigned)mode);
}

#elif defined(__aarch64__)

static inline uint64_t tc_denormals_off(void)
{
    uint64_t mode;

    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    __asm__ volatile("msr fpcr, %0" : : "r"(UINT64_C(1) << 24)); /* flush to zero */
    return mode;
}

static inline void tc_denormals_restore(uint64_t mode)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(mode));
}

#else

static inline uint64_t tc_denormals_off(void)
{
    return 0;
}

static inline void tc_denormals_restore(uint64_t mode)
{
    (void)mode;
}

#endif
#endif
