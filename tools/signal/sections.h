/** @file
 *  What to record through gear: the sections of the signal, and the sound of each. */
#ifndef TONECELL_SECTIONS_H
#define TONECELL_SECTIONS_H

#include "signal/sound.h"

#include <stdint.h>

/** What is recorded. */
enum signal_purpose {
    SIGNAL_EFFECT,     /* a pedal, an amplifier, a tape machine */
    SIGNAL_COMPRESSOR, /* gear that follows the level: longer steps, bursts with pauses */
    SIGNAL_KNOBS,      /* short: recorded once for each setting of the knobs */
    SIGNAL_PURPOSES
};

/** One after the other. The name of a section is a word or two, its use a clause. */
struct signal_section {
    const char *name, *use;
    uint64_t start, n_frames;
    unsigned kind; /* for signal_section_fill() */
};

enum { SIGNAL_MAX_SECTIONS = 16 };

struct signal_plan {
    double rate_hz;
    uint64_t n_frames, longest; /* of all sections, and of the longest */
    unsigned n_sections;
    struct signal_section section[SIGNAL_MAX_SECTIONS];
};

/** The shortest and the longest signal, and the usual one, in seconds. */
enum { SIGNAL_MIN_S = 30, SIGNAL_MAX_S = 600 };
double signal_usual_s(enum signal_purpose purpose);

/** Divide seconds, from SIGNAL_MIN_S to SIGNAL_MAX_S, into sections. */
struct signal_plan signal_plan_make(enum signal_purpose purpose, double seconds, double rate_hz);

/** The sound of one section: peaks at -1 dB of full scale at most, and silence at both ends. The
 *  same for the same plan; the sections named "passage" are equal to the bit.
 *
 *  samples, scratch  plan->longest each, of which the first section->n_frames are written */
void signal_section_fill(const struct signal_plan *plan, const struct signal_section *section,
                         float *samples, float *scratch);

#endif
