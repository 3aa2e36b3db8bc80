/** @file
 *  The knobs of a model that is to be trained: what the columns of the manifest are called, and
 *  the range that each may be set to. */
#ifndef TONECELL_KNOB_RANGE_H
#define TONECELL_KNOB_RANGE_H

#include "data/dataset.h"
#include "cli/options.h"

/** Check options --knob-range before the recordings are read: 0, or 2 after usage_error() if one is
 *  not understood, leaves out values of the rows that train or validate, or names no column. The
 *  knob `control` (empty: none) has its values in the recordings. */
int knob_ranges_check(const struct command *self, const struct manifest *manifest,
                      const char *control, const struct text_list *ranges);

/** Set knob[data->manifest.n_knobs]: to the range of the clips that train and validate, or to
 *  that of an option --knob-range NAME=MIN:MAX[:DEFAULT[:UNIT]]. Returns the exit status: 0; 1 if
 *  nothing can be learned from a column; 2 if an option is not understood, leaves values out or
 *  names no column. */
int knob_ranges_choose(const struct command *self, struct tc_knob *knob, const struct dataset *data,
                       const struct text_list *ranges);

#endif
