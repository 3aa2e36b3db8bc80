/** @file
 *  Options of a trainer, changed by a table. */
#ifndef OPTION_CHANGE_H
#define OPTION_CHANGE_H

#include "tonecell-train.h"

#include <stddef.h>

/** One of the options, and the value it is set to; of an enum, too, the type is WHOLE. All zeros:
 *  none. */
struct option_change {
    size_t at;
    enum { NOTHING, WHOLE, REAL, TIME, FLAG } type;
    double value;
};

#define SET(option, type, value)                               \
    {                                                          \
        offsetof(struct tc_train_options, option), type, value \
    }

void option_change_apply(const struct option_change *change, struct tc_train_options *options);

#endif
