/** @file
 *  Sines over frequency and level, on which a model is taught not to alias. From: Carson, Wright &
 *  Bilbao 2025 (DAFx25, arXiv 2505.11375). */
#ifndef TONECELL_EFFECT_SINES_H
#define TONECELL_EFFECT_SINES_H

#include "tasks/effect.h"

/** Append clips of sines to those that train and to those that validate, with no target yet: their
 *  source is a row that is dry. One follows the other without a pause.
 *
 *      train       32 frequencies x 4 levels    0, -8, -16, -24 dB of full scale
 *      validate    12 frequencies x 2 levels    0, -12 dB
 *
 *  in equal ratios from 200 Hz to 0.225 of the sample rate (10 kHz at 44.1 kHz), those that
 *  validate between those that train, but for every third frequency, which is one of these. All
 *  sines that train are half as long as the recordings that do, but 0.1 to 0.5 s each. Knobs have
 *  the values of the rows of the recordings, in turn, of up to 16 rows. Errors: TC_NO_MEMORY. */
enum tc_status effect_add_sines(struct effect_data *effect, struct tc_error *error);

/** Free the samples, after the clips. */
void effect_sines_free(struct effect_data *effect);

#endif
