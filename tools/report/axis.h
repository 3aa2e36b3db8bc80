/** @file
 *  Axes of charts: where a value lies, and the round numbers that are marked. */
#ifndef TONECELL_AXIS_H
#define TONECELL_AXIS_H

#include <stdbool.h>

/** Where a value is between the ends of an axis: 0 to 1. Above 0 on a logarithmic one. */
double axis_position(double value, double min, double max, bool linear);

/** Whether a value has a place on an axis: finite, and above 0 on a logarithmic one. */
bool axis_has(double value, bool linear);

enum { AXIS_MAX_TICKS = 64 };

struct axis_tick {
    double value;
    char text[24];
};

/** How powers of ten are written. */
enum axis_text { AXIS_DIGITS, AXIS_SHORT /* 1e-5 */ };

/** Round numbers from min to max, about six of a linear axis. Of a logarithmic one the powers of
 *  ten, and where there are less than three of them their doubles and halves, too. Returns how
 *  many. */
unsigned axis_ticks(double min, double max, bool linear, enum axis_text form,
                    struct axis_tick tick[AXIS_MAX_TICKS]);

#endif
