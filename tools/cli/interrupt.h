/** @file
 *  Ctrl-C that lets work end in order: the first requests it, the second ends the program,
 *  unless signals are blocked. */
#ifndef TONECELL_INTERRUPT_H
#define TONECELL_INTERRUPT_H

#include <stdbool.h>

/** From here on the first SIGINT, SIGTERM, SIGHUP or SIGUSR1 is noted, and the next ends the
 *  program at once. Those that were ignored stay ignored. */
void interrupt_begin(void);

/** True after the first. */
bool interrupt_asked(void);

/** From here on, after interrupt_begin(), such signals are only counted: work that must not be
 *  broken off is done. */
void interrupt_block(void);

/** How many there were since interrupt_begin(). */
unsigned interrupt_count(void);

/** The signals end the program at once again. */
void interrupt_end(void);

#endif
