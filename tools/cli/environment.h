/** @file
 *  What libraries read from the environment before main() is entered. */
#ifndef TONECELL_ENVIRONMENT_H
#define TONECELL_ENVIRONMENT_H

/** Set the environment of OpenBLAS and OpenMP for heavy work, unless the user set it, and start the
 *  program again with the same arguments, since the libraries have read it already. Returns if
 *  nothing is to be changed, or on failure. To be called before anything else. */
void environment_prepare(char **argv);

#endif
