/** @file
 *  Notes and chords of basses and guitars, in every register and at every level of playing. */
#ifndef TONECELL_GUITAR_H
#define TONECELL_GUITAR_H

#include "signal/sound.h"

/** The lowest and highest note: the low E of a bass, and the E two octaves above a guitar's first
 *  string; MIDI numbers, 69 being 440 Hz. */
enum { GUITAR_LOWEST = 28, GUITAR_HIGHEST = 88 };

/** Fill a sound with single notes: they ring, are cut short, muted, bent, repeated, or make a
 *  scale. The first is the lowest and loudest. Pitches and levels of all are spread over the whole
 *  range; most are low and loud, as in playing, so that most of what is learned is what will be
 *  played. */
void guitar_notes_fill(const struct sound *sound, struct generator *generator);

/** Fill a sound with chords, from power chords to sevenths: strummed, muted, broken, swelling. */
void guitar_chords_fill(const struct sound *sound, struct generator *generator);

/** Fill a sound with one chord that rings, or with a run of notes upwards, at a true peak. */
void guitar_chord_fill(const struct sound *sound, struct generator *generator, double level_db);
void guitar_run_fill(const struct sound *sound, struct generator *generator, double level_db);

#endif
