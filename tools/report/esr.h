/** @file
 *  The error-to-signal ratio (ESR), sum (t - y)^2 / sum t^2, in dB and in words. */
#ifndef TONECELL_ESR_H
#define TONECELL_ESR_H

/** An ESR in dB: 10 log10(esr). */
double esr_db(double esr);

enum { SCORE_TEXT_SIZE = 32 };

/** A score as it is shown: with five decimals, or "below 0.00001". Returns text. */
const char *score_text(double score, char text[SCORE_TEXT_SIZE]);

/** Print a line to stdout: a name, an ESR with at least so many characters, its dB, and words,
 *  which may be empty. */
void esr_print(const char *name, int width, double esr, const char *words);

/** Below this ESR a model is hard to tell from the device. */
#define ESR_HARD_TO_TELL 0.003

/** How close a model with this ESR sounds, as a clause. */
const char *esr_description(double esr);

#endif
