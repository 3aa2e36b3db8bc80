/** @file
 *  The time, to tell how long something takes. */
#ifndef TONECELL_NOW_H
#define TONECELL_NOW_H

/** Seconds of a monotonic clock. */
double now_s(void);

#endif
