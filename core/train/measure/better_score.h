/** @file
 *  Which of two scores is better. */
#ifndef TC_BETTER_SCORE_H
#define TC_BETTER_SCORE_H

#include "tonecell-train.h"

#include <math.h>
#include <stdbool.h>

/** Whether a score is finite and better than another, which may be NAN: there is none. */
static inline bool tc_score_is_better(const struct tc_metric *metric, double score, double other)
{
    if (!isfinite(score))
        return false;
    return isnan(other) || (metric->higher_is_better ? score > other : score < other);
}

#endif
