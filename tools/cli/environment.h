/** @file
 *  What libraries read from the environment before main() is entered, and the address space that
 *  they need. */
#ifndef TONECELL_ENVIRONMENT_H
#define TONECELL_ENVIRONMENT_H

#include <stdbool.h>
#include <stdint.h>

/** Bytes that the process may map (ulimit -v); UINT64_MAX without a limit. */
uint64_t environment_address_space(void);

/** Set the environment of OpenBLAS and OpenMP for heavy work, unless the user set it, and start the
 *  program again with the same arguments, since the libraries have read it already. Returns true if
 *  nothing is to be changed, or the program cannot be started again; false, with a message, if
 *  OpenBLAS would have too little address space. To be called before anything else. */
bool environment_prepare(char **argv);

#endif
