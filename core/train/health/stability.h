/** @file
 *  Whether a network that is being trained has become chaotic. */
#ifndef TC_STABILITY_H
#define TC_STABILITY_H

#include "train/trainer.h"

/** Measure what the checks of a training need of its clips, once. */
void tc_stability_prepare(struct tc_trainer *trainer);

/** Measure the sensitivity of the network with such parameters on notes, as tc_health_measure()
 *  does, with peaks at a half and a quarter of that of the inputs that train it, at the knobs of
 *  four of the clips. *runs_away: it is above TC_RUNS_AWAY_DB.
 *
 *  Made-up notes and not the recordings: chaos is confined to passages that are rare in what
 *  trained the network, and fills a tenth to a third of the notes.
 *
 *  Networks of sequences, of probabilities and with an encoder are no devices whose output follows
 *  from their input: they never run away. As many frames are played as validate, but from one to
 *  four seconds. Errors: TC_NO_MEMORY, and as tc_model_new(). */
enum tc_status tc_stability_check(const struct tc_trainer *trainer, const float *parameters,
                                  bool *runs_away, struct tc_error *error);

#endif
