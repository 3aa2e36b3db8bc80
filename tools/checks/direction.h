/** @file
 *  Whether two recordings may have been given in the wrong order: gear compresses and clips, hardly
 *  any does the opposite. */
#ifndef TONECELL_DIRECTION_H
#define TONECELL_DIRECTION_H

#include "checks/aligned_pair.h"
#include "checks/transfer_curve.h"
#include "tonecell.h"

#include <stdbool.h>

struct direction {
    struct transfer_curve forward,
        backward; /* the target from the input, and the other way round */
    bool swapped;
};

/** Measure both transfer curves. The files are taken to be swapped if forward it bends upwards and
 *  backward downwards, which explains more of the target than the other one does, and
 *  - a dB of the input makes more than 1.1 dB of the target: with compressors and distortions given
 *    in the wrong order it was 1.16 to 2.3, in the right order at most 1.06, even with reverb,
 *    chorus or tremolo, and 1 with filters; or
 *  - both bends are strong, as those of a soft clipper without much compression; or
 *  - a dB makes more than 1.5, both bends are those of an overdrive, and the upward one explains
 *    hardly more: with overdrives given in the wrong order at most 1.25 times as much, with dead
 *    zones in the right order at least 1.32; or
 *  - the input's level does not follow the target's: it is that of a fuzz, which forward is
 *    straight.
 *  Gear with a dead zone bends upwards, too, but this explains more than the bend downwards does.
 *
 *  Errors: TC_NO_MEMORY. */
enum tc_status direction_measure(const struct aligned_pair *pair, struct direction *direction,
                                 struct tc_error *error);

#endif
