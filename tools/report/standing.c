#include "report/standing.h"

#include <stdbool.h>

static const double chance = 0.05;

static bool is_like_nothing(double score, const struct standing_scale *scale)
{
    return !(score < (1.0 - chance) * scale->nothing.score);
}

static bool is_like_baseline(double score, const struct standing_scale *scale)
{
    return score <= (1.0 + chance) * scale->baseline.score;
}

enum standing standing_of(double score, const struct standing_scale *scale)
{
    if (is_like_nothing(score, scale))
        return STANDING_WORSE;
    if (score < (1.0 - chance) * scale->baseline.score)
        return STANDING_BETTER;
    if (is_like_baseline(score, scale) || score < scale->inaudible_score)
        return STANDING_EQUAL;
    return STANDING_WORSE;
}

struct rival standing_rival(double score, const struct standing_scale *scale)
{
    return is_like_nothing(score, scale) && is_like_baseline(score, scale) ? scale->nothing
                                                                           : scale->baseline;
}

const char *standing_name(enum standing standing)
{
    static const char *const names[] = {
        [STANDING_BETTER] = "better", [STANDING_EQUAL] = "equal", [STANDING_WORSE] = "worse"};

    return names[standing];
}
