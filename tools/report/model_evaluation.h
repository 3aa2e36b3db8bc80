/** @file
 *  A model on recordings: it plays the inputs of all clips, and its outputs are scored beside the
 *  baselines (evaluation.h), for each clip and for all together. */
#ifndef TONECELL_MODEL_EVALUATION_H
#define TONECELL_MODEL_EVALUATION_H

#include "data/dataset.h"
#include "report/evaluation.h"
#include "report/scored_signals.h"

#include <jansson.h>

/** The first seven are for the caller to set, the others zero. */
struct model_evaluation {
    const struct tc_model *model;
    const struct dataset *data; /* its set CLIPS_SCORED */
    enum tc_precision precision;
    struct tc_controls controls; /* rate and oversampling; the knobs are those of a clip */
    size_t warmup;               /* frames at the start of each clip that are not scored */
    float given[TC_MAX_KNOBS];   /* settings for all clips, instead of the manifest's; NAN: none */
    struct scored_signals *signals; /* where the clips' signals are added; NULL: nowhere */
    struct evaluation all;
    struct scores pooled;
    struct scores *clip; /* [data->clips[CLIPS_SCORED].n] */
};

/** The settings of the knobs for a clip: as given, else as in the manifest, else the model's
 *  defaults. */
void model_evaluation_knobs(const struct model_evaluation *e, const struct tc_clip *clip,
                            float knob[TC_MAX_KNOBS]);

/** Warn about knobs that are set nowhere, settings beyond a knob's range, and columns of the
 *  manifest that are no knobs of the model. */
void model_evaluation_warn(const struct model_evaluation *e);

/** Play and score all clips, with progress. Errors: TC_NO_MEMORY and those of
 *  tc_player_new_with(). */
enum tc_status model_evaluation_run(struct model_evaluation *e, struct tc_error *error);

/** Free what it owns: neither the model nor the data. */
void model_evaluation_free(struct model_evaluation *e);

/** Print the scores as text. */
void model_evaluation_print(const struct model_evaluation *e);

/** The same as a JSON object, for json_decref(). */
json_t *model_evaluation_json(const struct model_evaluation *e);

/** Print that object. */
void model_evaluation_print_json(const struct model_evaluation *e);

/** Write them as a page (page/page.h), for which the signals have been kept. False after
 *  talk_error(). */
bool model_evaluation_page(const struct model_evaluation *e, const char *folder,
                           const char *model_path);

#endif
