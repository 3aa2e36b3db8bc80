/** @file
 *  Matrix products at the speed of the CPU. */
#ifndef TONECELL_BLAS_CORE_H
#define TONECELL_BLAS_CORE_H

/** Start the program again, with the same arguments, where OpenBLAS took far too old an
 *  instruction set for this CPU; returns where there is nothing to gain, or on failure. To be
 *  called before anything else was done. */
void blas_core_choose(char **argv);

#endif
