/** @file
 *  The task of an audio effect: the network learns, sample by sample, how a device turns one signal
 *  into another, from pairs of recordings. Its score is the error-to-signal ratio (ESR), its
 *  baselines are one gain and a 128-tap linear filter. */
#ifndef TONECELL_EFFECT_H
#define TONECELL_EFFECT_H

#include "data/dataset.h"
#include "report/evaluation.h"
#include "tasks/task.h"
#include "tasks/teacher.h"

extern const struct task task_effect;

/** What load() makes. */
struct effect_data {
    struct control control;
    struct dataset recordings;
    float *taught[N_CLIP_SETS];   /* a teacher's output on clips of these sets, or NULL */
    float *sines[N_CLIP_SETS];    /* those of effect_sines.h in these sets, or NULL */
    struct manifest_row sine_row; /* their source */
    size_t n_taught_val;          /* clips that validate and have such a target */
    struct scores baselines;      /* on the validation clips, fitted to those that train */
};

/** The functions of the task that show its scores: see struct task. */
void effect_print_scores(const void *data, const struct tc_progress *progress);
struct verdict_scale effect_scale(const void *data);
void effect_add_scores(const void *data, const struct tc_progress *progress, json_t *result);
void effect_add_record(const void *data, const struct tc_progress *progress, json_t *record);
enum tc_status effect_score_recorded(const void *data, const struct tc_model *model, size_t warmup,
                                     double *esr, struct tc_error *error);
enum tc_status effect_fill_page(const void *data, const struct tc_model *model,
                                const struct tc_progress *progress, size_t warmup,
                                struct scored_signals *signals, struct page *page,
                                struct tc_error *error);

#endif
