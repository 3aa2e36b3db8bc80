/** @file
 *  The time, to tell how long something takes. */
#ifndef TONECELL_NOW_H
#define TONECELL_NOW_H

/** Seconds since some moment; never goes back. */
double now_s(void);

#endif
