/** @file
 *  The scores of a model on recordings, beside the baselines: the best single gain and the best
 *  128-tap linear filter (FIR). */
#ifndef TONECELL_EVALUATION_H
#define TONECELL_EVALUATION_H

#include "report/model_verdict.h"
#include "tonecell-train.h"

struct evaluation {
    struct tc_score score;     /* of the model: the caller adds to it */
    struct tc_fir *gain, *fir; /* the baselines */
};

struct scores {
    double esr, esr_gain,
        esr_fir;          /* of the model and of the baselines; NAN if the target is silent */
    double dc, max_error; /* of the model */
    uint64_t frames;
};

/** Begin without any frames. Errors: TC_NO_MEMORY. */
enum tc_status evaluation_init(struct evaluation *evaluation, struct tc_error *error);

/** Free what it holds; a zeroed one is allowed. */
void evaluation_free(struct evaluation *evaluation);

/** Add a mono clip to the baselines. Its first `warmup` frames and ignored ones are filter input,
 *  but not scored. */
void evaluation_add_baselines(struct evaluation *evaluation, const struct tc_clip *clip,
                              size_t warmup);

/** Add the other's clips to the baselines. */
void evaluation_merge_baselines(struct evaluation *evaluation, const struct evaluation *other);

/** Compute the scores of all clips added. The baselines are fitted to the clips of `fitted`, which
 *  may be the same evaluation. Errors: TC_NO_MEMORY. */
enum tc_status evaluation_scores(const struct evaluation *evaluation,
                                 const struct evaluation *fitted, struct scores *scores,
                                 struct tc_error *error);

/** What needs no model, and its scores: the better baseline, and silence. */
struct verdict_scale scores_scale(const struct scores *baselines);

#endif
