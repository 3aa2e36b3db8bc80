/** @file
 *  One function, compiled for several instruction sets.
 *
 *  The elementwise parts of training are plain loops that the compiler vectorises as wide as the
 *  instruction set allows. Marked so, a function is compiled for each of these sets, and the
 *  dynamic linker takes the widest that the CPU has. */
#ifndef TC_CLONES_H
#define TC_CLONES_H

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define TC_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TC_CLONES
#endif

#endif
