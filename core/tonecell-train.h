/** @file
 *  Fitting models to recordings, and the measures by which they are judged.
 *
 *  Clips are float samples in memory that belong to the caller and stay unchanged until the
 *  trainer is freed. Nothing here is real-time safe. A trainer belongs to one thread; it starts
 *  threads of its own (OpenMP). Errors as in tonecell.h. */
#ifndef TONECELL_TRAIN_H
#define TONECELL_TRAIN_H

#include "tonecell.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------- training */

/** A stretch of recording with one setting of the knobs. State starts afresh at its start. */
struct tc_clip {
    const float *const *input;  /* [audio_inputs] buffers of n_frames */
    const float *const *target; /* [outputs] buffers of n_frames */
    float knob[TC_MAX_KNOBS];   /* in the user's unit */
    size_t n_frames;
};

struct tc_train_options {
    unsigned batch;      /* parallel streams, 1 to 4096 */
    unsigned warmup;     /* frames at the start of each walk that carry no loss */
    unsigned truncate;   /* frames per chunk, 1 to 2^20: gradient cut, state carried on */
    float learning_rate; /* of Adam, at the start; above 0, at most 1 */
    float clip_norm;     /* gradients longer than this are shortened to it; 0 = never */
    unsigned epochs;     /* at most, from 1; an epoch hears every training frame about once */
    unsigned patience;   /* validations without a new best before the end, from 1 */
    double time_limit_s; /* 0 = none; the one thing that makes results depend on the clock */
    uint64_t seed;
    unsigned threads; /* up to 1024, 0 = one per core; the result does not depend on it */
};

/** The recommended recipe. */
void tc_train_options_init(struct tc_train_options *options);

/** The gain of the direct path that leaves the network least to learn, by the first input and
 *  output behind each clip's warm-up: 1, -1 (an inverting device), or 0 where the input is no
 *  help, as with much distortion. */
float tc_direct_path(const struct tc_clip *clips, size_t n_clips, size_t warmup);

struct tc_trainer;

/** A trainer with random weights for `arch`. OpenBLAS uses one thread from then on, in the whole
 *  program: the first weights must not depend on how many there are.
 *
 *  meta        the metadata of the models it will make (knob ranges and gains are used, too)
 *  train, val  at least one clip each; copied except for the samples
 *
 *  Errors: TC_BAD_ARGUMENT (options, a set without a frame after the warm-up, a silent or constant
 *  target), TC_BAD_VALUE (NaN or infinity in a clip: which clip and frame), TC_NO_MEMORY, and what
 *  tc_model_new() says of shape and metadata. */
enum tc_status tc_trainer_new(struct tc_trainer **trainer, const struct tc_architecture *arch,
                              const struct tc_metadata *meta,
                              const struct tc_train_options *options, const struct tc_clip *train,
                              size_t n_train, const struct tc_clip *val, size_t n_val,
                              struct tc_error *error);
void tc_trainer_free(struct tc_trainer *trainer);

/** The name of a trainer's kernels (code for one instruction set), as tc_kernels_name(): those that
 *  the environment variable TONECELL_KERNELS names, or else the best for this CPU. */
const char *tc_trainer_kernels(const struct tc_trainer *trainer);

/** Bytes that a trainer's streams and their chunks take, all of them from the start. *streams (may
 *  be NULL) receives how many streams there are: batch, or fewer if the clips are too short. */
size_t tc_trainer_memory(const struct tc_trainer *trainer, unsigned *streams);

/** How far a training is. */
struct tc_progress {
    unsigned epoch;           /* from 1 */
    double epoch_done;        /* part of this epoch, 0 to 1 */
    bool validated;           /* true in the call that follows a validation */
    bool improved;            /* with validated: it was a new best */
    uint64_t updates, frames; /* so far; frames: those that carried loss */
    unsigned undone;          /* steps thrown away since loss or gradient were not finite */
    double seconds, frames_per_second;
    double loss;          /* mean over the updates since the last validation; NAN if none */
    double esr, best_esr; /* on the validation clips; NAN before the first */
    double learning_rate;
};

/** Called after every step, undone ones too, and every validation; false ends the training. */
typedef bool tc_progress_fn(const struct tc_progress *progress, void *user);

/** Why a training ended. */
enum tc_train_end {
    TC_END_EPOCHS,   /* all epochs done */
    TC_END_PATIENCE, /* no improvement for so long */
    TC_END_TIME,     /* the time limit */
    TC_END_STOPPED   /* the progress function said so */
};

/** Train until one of those ends. `progress` may be NULL; end may be NULL. A further call goes on
 *  with the next epoch.
 *  Errors: TC_BAD_VALUE if all steps, or very many in a row, are undone; TC_NO_MEMORY. */
enum tc_status tc_trainer_run(struct tc_trainer *trainer, tc_progress_fn *progress, void *user,
                              enum tc_train_end *end, struct tc_error *error);

/** The model that validated best (or that of the first weights, before the first validation). Its
 *  start state is the state after a second of silence with the knobs at their initial values.
 *  `training` (may be NULL) is the JSON text to store in its metadata. The progress function may
 *  call this. Errors: TC_NO_MEMORY. */
enum tc_status tc_trainer_best(const struct tc_trainer *trainer, const char *training,
                               struct tc_model **model, struct tc_error *error);

/* ------------------------------------------------------------------------- alignment */

struct tc_alignment {
    long delay_frames; /* by which the target is late; negative = early */
    bool inverted;     /* the target's polarity is opposite */
    double confidence; /* height of the peak over the next highest away from it; >= 1 */
};

/** Find the delay of target against input by whitened cross-correlation.
 *
 *      r = IFFT( sum X* T / |sum X* T| ),   delay = argmax |r|      sums over segments
 *
 *  |delay| <= max_frames and half the recording. Memory depends on max_frames only. The peak of a
 *  device that filters comes a few frames after its first response.
 *  From: Knapp & Carter 1976 (the phase transform).
 *  Errors: TC_BAD_ARGUMENT (fewer than 2 frames), TC_BAD_VALUE (either is silent, or so quiet or
 *  loud that its energy is no float), TC_NO_MEMORY. */
enum tc_status tc_find_delay(const float *input, const float *target, size_t n_frames,
                             size_t max_frames, struct tc_alignment *alignment,
                             struct tc_error *error);

/* ------------------------------------------------------------------------- scores */

/** Sums over the frames of any number of clips. Start from zeros. */
struct tc_score {
    uint64_t frames;
    double target_energy, error_energy; /* sum t^2, sum (t - y)^2 */
    double target_sum, error_sum;
    double max_error;
};

void tc_score_add(struct tc_score *score, const float *target, const float *output,
                  size_t n_frames);

/** Error-to-signal ratio, sum (t - y)^2 / sum t^2, without pre-emphasis. NAN for a silent target.
 */
double tc_score_esr(const struct tc_score *score);

/** (mean t - mean y)^2 / mean t^2. NAN for a silent target. */
double tc_score_dc(const struct tc_score *score);

/** The best causal linear filter of `taps` coefficients, by least squares over any number of
 *  clips. taps = 1 is the best gain. */
struct tc_fir;

enum { TC_FIR_MAX_TAPS = 1024 };

/** A filter of 1 to TC_FIR_MAX_TAPS coefficients. Errors: TC_BAD_ARGUMENT, TC_NO_MEMORY. */
enum tc_status tc_fir_new(struct tc_fir **fir, unsigned taps, struct tc_error *error);
void tc_fir_free(struct tc_fir *fir);

/** Add a clip; its first `skip` frames are heard, but not counted. */
void tc_fir_add(struct tc_fir *fir, const float *input, const float *target, size_t n_frames,
                size_t skip);

/** Add all that another filter of the same length has heard. */
void tc_fir_merge(struct tc_fir *fir, const struct tc_fir *other);

/** Solve for the coefficients [taps] (may be NULL) and the ESR left over all frames added, both
 *  fitted and scored on them. NAN for a silent target. Errors: TC_NO_MEMORY. */
enum tc_status tc_fir_solve(const struct tc_fir *fir, double *coefficients, double *esr,
                            struct tc_error *error);

#ifdef __cplusplus
}
#endif

#endif
