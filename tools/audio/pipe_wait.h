/** @file
 *  Waiting for a pipe whose writer is slow, has not begun or never will. */
#ifndef TONECELL_PIPE_WAIT_H
#define TONECELL_PIPE_WAIT_H

#include <stdbool.h>

/** Wait until a read from the pipe, terminal or device gives bytes, its end or an error at once.
 *  False if a signal asked the command to end (cli/interrupt.h). */
bool pipe_wait(int fd);

#endif
