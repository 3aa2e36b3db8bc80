#include "report/model_verdict.h"

#include <stdbool.h>

static const double chance = 0.05;

static bool is_like_nothing(double score, const struct verdict_scale *scale)
{
    return !(score < (1.0 - chance) * scale->nothing.score);
}

static bool is_like_baseline(double score, const struct verdict_scale *scale)
{
    return score <= (1.0 + chance) * scale->baseline.score;
}

enum model_verdict model_verdict_of(double score, const struct verdict_scale *scale)
{
    if (is_like_nothing(score, scale))
        return MODEL_WORSE;
    if (score < (1.0 - chance) * scale->baseline.score)
        return MODEL_BETTER;
    if (is_like_baseline(score, scale) || score < scale->inaudible_score)
        return MODEL_EQUAL;
    return MODEL_WORSE;
}

struct baseline model_verdict_baseline(double score, const struct verdict_scale *scale)
{
    return is_like_nothing(score, scale) && is_like_baseline(score, scale) ? scale->nothing
                                                                           : scale->baseline;
}

const char *model_verdict_name(enum model_verdict verdict)
{
    static const char *const names[] = {
        [MODEL_BETTER] = "better", [MODEL_EQUAL] = "equal", [MODEL_WORSE] = "worse"};

    return names[verdict];
}
