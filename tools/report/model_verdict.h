/** @file
 *  Whether a trained model is of use, by its score on the validation clips and those of the
 *  baselines. */
#ifndef TONECELL_MODEL_VERDICT_H
#define TONECELL_MODEL_VERDICT_H

/** A baseline, which needs no model, and its score. */
struct baseline {
    const char *name; /* in a sentence: "one gain" */
    double score;
};

/** Scores on the validation clips, lower ones being better. */
struct verdict_scale {
    struct baseline baseline; /* the best one */
    struct baseline nothing;  /* as good as no answer at all: silence */
    double inaudible_score;   /* below it, no difference is heard */
};

enum model_verdict {
    MODEL_BETTER, /* than all of them */
    MODEL_EQUAL,  /* to the best baseline, up to chance; or worse by what nobody hears */
    MODEL_WORSE   /* than a baseline, or no better than nothing */
};

/** The verdict on a score. Scores differ by chance by some percent, as training and validation
 *  clips do: a twentieth either way counts as equal. A score of NAN is WORSE. */
enum model_verdict model_verdict_of(double score, const struct verdict_scale *scale);

/** What a model of this score, EQUAL or WORSE, is no better than. */
struct baseline model_verdict_baseline(double score, const struct verdict_scale *scale);

/** "better", "equal" or "worse". */
const char *model_verdict_name(enum model_verdict verdict);

#endif
