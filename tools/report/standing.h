/** @file
 *  Whether a trained model is of use, by its score on the validation clips and those of what needs
 *  no model. */
#ifndef TONECELL_STANDING_H
#define TONECELL_STANDING_H

/** What needs no model, and its score. */
struct rival {
    const char *name; /* in a sentence: "one gain" */
    double score;
};

/** Scores on the validation clips, lower ones being better. */
struct standing_scale {
    struct rival baseline;  /* the best one */
    struct rival nothing;   /* as good as no answer at all: silence */
    double inaudible_score; /* below it, no difference is heard */
};

enum standing {
    STANDING_BETTER, /* than all of them */
    STANDING_EQUAL,  /* to the best baseline, up to chance; or worse by what nobody hears */
    STANDING_WORSE   /* than a baseline, or no better than nothing */
};

/** The standing of a score. Scores differ by chance by some percent, as training and validation
 *  clips do: a twentieth either way counts as equal. A score of NAN is WORSE. */
enum standing standing_of(double score, const struct standing_scale *scale);

/** What a model of this score, EQUAL or WORSE, is no better than. */
struct rival standing_rival(double score, const struct standing_scale *scale);

/** "better", "equal" or "worse". */
const char *standing_name(enum standing standing);

#endif
