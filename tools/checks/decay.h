/** @file
 *  What the target does when the input stops or becomes quiet: rooms and echoes ring on, gates
 *  close. */
#ifndef TONECELL_DECAY_H
#define TONECELL_DECAY_H

#include "data/levels.h"
#include "tonecell.h"

struct decay {
    /** In pauses of the input of 0.8 s and more, the median time by which the target comes later
     *  than the input to within 6 dB of its level at their end; pauses in which the input takes
     *  more than 0.3 s do not count. NAN: there are none. */
    double ring_s;

    /** How far the target falls below its gain at loud parts where the input is 20 to 30 dB below
     *  these: 0 if linear, negative if it closes. NAN: there are no such parts. */
    double gate_db;
};

/** Measure, from levels in blocks of about 10 ms. Errors: TC_NO_MEMORY. */
enum tc_status decay_measure(const struct levels *levels, struct decay *decay,
                             struct tc_error *error);

#endif
