/** @file
 *  A single file where DRY and WET were expected: many recorders write both into one, left and
 *  right. */
#ifndef TONECELL_SPLIT_OFFER_H
#define TONECELL_SPLIT_OFFER_H

#include "cli/options.h"

/** Say by usage_error() which command takes the two signals of the file for DRY and WET, or that it
 *  has but one in its two channels: 2. 0 for any other file, of which nothing was said. */
int split_offer(const struct command *self, const char *path);

#endif
