/** @file
 *  How a pair's target lies against its input: the delay, which is undone, and the polarity, which
 *  is said only. */
#ifndef TONECELL_ALIGNMENT_H
#define TONECELL_ALIGNMENT_H

#include "data/dataset.h"

/** Find delay and polarity of a pair in what the rows use of it, and say the delay if a row takes
 *  it from here. Whatever is not measured, polarity is. */
enum tc_status alignment_find(struct dataset_pair *pair, const struct dataset_request *request,
                              struct tc_error *error);

/** Set the polarity of all pairs together, and warn if they disagree. */
void alignment_join_polarity(struct dataset *data);

#endif
