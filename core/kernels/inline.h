/** @file
 *  How kernels are to be compiled: what is written as small loops and functions has to become
 *  straight code whose sums stay in registers. */
#ifndef TC_INLINE_H
#define TC_INLINE_H

/* With an address sanitizer unrolled code would take many minutes to compile. */
#if defined(__SANITIZE_ADDRESS__)
#define TC_UNROLLED 0
#elif defined(__has_feature)
#define TC_UNROLLED !__has_feature(address_sanitizer)
#else
#define TC_UNROLLED 1
#endif

#if TC_UNROLLED
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif
#define SEPARATE static __attribute__((noinline))

/* Before a loop of a few iterations, a number known at compile time; and before one of many. */
#if !TC_UNROLLED
#define UNROLL
#define UNROLL_4
#elif defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#define UNROLL_4 _Pragma("clang loop unroll_count(4)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#define UNROLL_4 _Pragma("GCC unroll 4")
#endif

#endif
