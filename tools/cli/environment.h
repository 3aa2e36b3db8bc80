/** @file
 *  What libraries read from the environment before main() is entered. */
#ifndef TONECELL_ENVIRONMENT_H
#define TONECELL_ENVIRONMENT_H

/** Give OpenBLAS and OpenMP the settings that heavy work wants, unless the user gave others, and
 *  start the program again with the same arguments, since they have been read already. Returns
 *  where nothing is to be changed, or on failure. To be called before anything else was done. */
void environment_prepare(char **argv);

#endif
