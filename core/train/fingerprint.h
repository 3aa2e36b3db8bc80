/** @file
 *  What a training is made of, in a number each, so that a checkpoint is not taken for one of
 *  another training. */
#ifndef TC_FINGERPRINT_H
#define TC_FINGERPRINT_H

#include "tonecell-train.h"

enum { TC_FINGERPRINT_NETWORK, TC_FINGERPRINT_OPTIONS, TC_FINGERPRINT_CLIPS, TC_FINGERPRINTS };

/** Fingerprints of a trainer's network (with ranges of knobs and gains), of its options but for
 *  epochs, patience, time limit and threads, and of all clips. Errors: TC_NO_MEMORY. */
enum tc_status tc_fingerprints(const struct tc_trainer *trainer, uint64_t print[TC_FINGERPRINTS],
                               struct tc_error *error);

#endif
