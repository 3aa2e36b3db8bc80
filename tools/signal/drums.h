/** @file
 *  A drum kit: the steepest attacks of all instruments. */
#ifndef TONECELL_DRUMS_H
#define TONECELL_DRUMS_H

#include "signal/sound.h"

/** Add one stroke, at the start of a sound, to what is there.
 *
 *      kick   a click and sin(2 pi phase) e^(-t / 0.12 s), of 50 Hz + 150 Hz e^(-t / 0.025 s)
 *      snare  sines of 180 and 330 Hz e^(-t / 0.06 s), noise above 1 kHz e^(-t / 0.09 s)
 *      hat    noise above 7 kHz (or 0.3 of a low rate) e^(-t / decay)
 *
 *  From: Reid, Synth Secrets (drums and cymbals), Sound on Sound, 2002. */
void drum_kick(const struct sound *sound, struct generator *generator, double gain);
void drum_snare(const struct sound *sound, struct generator *generator, double gain);
void drum_hat(const struct sound *sound, struct generator *generator, double gain, double decay_s);

/** Fill a sound with bars of different beats, speeds and levels; the first is the loudest. */
void drum_beats_fill(const struct sound *sound, struct generator *generator);

/** Fill it with one bar, at a true peak. */
void drum_bar_fill(const struct sound *sound, struct generator *generator, unsigned beat,
                   double level_db);

#endif
