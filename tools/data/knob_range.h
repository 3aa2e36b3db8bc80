/** @file
 *  The knobs of a model that is to be trained: what the columns of the manifest are called, and
 *  the range that each may be set to. */
#ifndef TONECELL_KNOB_RANGE_H
#define TONECELL_KNOB_RANGE_H

#include "data/dataset.h"
#include "cli/options.h"

/** Set knob[data->manifest.n_knobs]: to the range of the clips that train and validate, or to
 *  that of an option --knob-range NAME=MIN:MAX[:DEFAULT[:UNIT]]. Returns the exit status: 0; 1 if
 *  nothing can be learned from a column; 2 if an option is not understood, leaves values out or
 *  names no column. */
int knob_ranges_choose(const struct command *self, struct tc_knob *knob, const struct dataset *data,
                       const struct text_list *ranges);

#endif
