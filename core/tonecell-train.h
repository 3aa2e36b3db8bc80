/** @file
 *  Fitting models to recordings, and the diagnosis of models; with tonecell-align.h, how recordings
 *  lie against each other, tonecell-score.h, the measures by which models are judged, and
 *  tonecell-health.h, faults that these measures do not show.
 *
 *  Clips are float samples in memory that belong to the caller and stay unchanged until the
 *  trainer is freed. Nothing here is real-time safe. A trainer belongs to one thread; it starts
 *  threads of its own (OpenMP). Errors as in tonecell.h. */
#ifndef TONECELL_TRAIN_H
#define TONECELL_TRAIN_H

#include "tonecell-align.h"
#include "tonecell-health.h"
#include "tonecell-score.h"
#include "tonecell.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The libraries are compiled with hidden visibility: they export what their headers declare. */
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/* ------------------------------------------------------------------------- training */

/** A part of a recording with one setting of the knobs, or a sequence. The state starts afresh at
 *  its start.
 *
 *  A recording is cut into segments, at other frames in every epoch, of which a batch trains many
 *  side by side. A sequence (whole = true) is one segment, from its first frame to its last. A loss
 *  in its last frame alone (loss_from = n_frames - 1) makes it many-to-one; loss_from = 0 takes the
 *  mean of all frames after the warm-up, which is best 0 for sequences: no gradient goes through it
 *  (tc_train_options_init_sequences()).
 *
 *  Where the readout gives probabilities, so does the target: in each frame from loss_from on 0 to
 *  1, and for a softmax 1 in sum, as of a single 1 among zeros.
 *
 *  Symbols are whole numbers from 0 to architecture.symbols - 1, or -1 for none. */
struct tc_clip {
    const float *const *input;  /* [tc_input_buffers()] buffers of n_frames */
    const float *const *target; /* [outputs] buffers of n_frames */
    float knob[TC_MAX_KNOBS];   /* in the user's unit */
    const float *control;       /* n_frames of a control signal that is knob 0 (TC_CONTROL_KNOB),
                                   frame by frame; NULL: that knob is as the others */
    size_t n_frames;
    const bool *ignored;         /* [n_frames] frames that carry no loss: of a recording those that
                                    say nothing of the device, as of a converter that clipped.
                                    NULL: none */
    bool whole;                  /* a sequence */
    size_t loss_from;            /* of a sequence: the first frame that carries loss */
    const float *const *context; /* [tc_input_buffers() of an encoder] buffers of n_context frames:
                                    its input for a sequence; not read without one */
    size_t n_context;
};

/** The loss of a linear readout: a mean over the frames that carry loss, and outputs, of the error
 *  e = y - t, with t the target and r^2 = mean t^2 over all frames for training that carry loss.
 *
 *      ESR         e^2 / r^2            the error-to-signal ratio
 *      MSE         e^2 / 2              the squared error in the target's own units
 *      MAE         |e| / r
 *      LOG_COSH    log cosh(e / r)      squared where errors are small, absolute where large
 *
 *  With the option `dc_weight` w each is (1 - w) times that, and w times the error of the mean of a
 *  chunk, (mean e)^2 / r^2, of MSE (mean e)^2 / 2. The mean of ESR at w = 0.25 is from Wright,
 *  Damskagg & Valimaki 2019. */
enum tc_loss { TC_LOSS_ESR, TC_LOSS_MSE, TC_LOSS_MAE, TC_LOSS_LOG_COSH };

/** The filter that the error e of a linear readout passes before its loss, so that what the ear
 *  hears best counts most.
 *
 *      NONE           e itself
 *      HIGH           e[n] - 0.85 e[n - 1]
 *      A_WEIGHTING    the A-weighting of IEC 61672, bilinear at the model's sample rate, and a
 *                     low-pass (e[n] + 0.85 e[n - 1]) / 1.85
 *
 *  r^2 is then the mean square of targets that were filtered alike; the error of the mean stays
 *  that of e. Frames without loss, those of the warm-up and ignored ones, count as e = 0. The
 *  filter's state is carried from chunk to chunk of a segment. Its gradient is that of the
 *  transposed filter inside the chunk: what an error does to the filtered ones of later chunks is
 *  left out, as truncation leaves out what a state does to later outputs. Of HIGH that is one frame
 *  in a chunk, of A-weighting a small part of the last few milliseconds.
 *
 *  Validation is by the plain error. From: Damskagg et al. 2019; Wright & Valimaki 2020. */
enum tc_pre_emphasis { TC_PRE_EMPHASIS_NONE, TC_PRE_EMPHASIS_HIGH, TC_PRE_EMPHASIS_A_WEIGHTING };

/** The optimiser: Adam (Kingma & Ba 2015), with `weight_decay` AdamW; RMSprop (Tieleman & Hinton
 *  2012); or stochastic gradient descent with `momentum` (Polyak 1964; as torch.optim.SGD). */
enum tc_optimizer { TC_OPTIMIZER_ADAM, TC_OPTIMIZER_RMSPROP, TC_OPTIMIZER_SGD };

/** What recurrent matrices start as, each gate's H x H block of weight_hh by itself. */
enum tc_initial {
    TC_INITIAL_ORTHOGONAL, /* uniform among all orthogonal matrices */
    TC_INITIAL_IDENTITY,   /* with relu, the IRNN of Le, Jaitly & Hinton 2015 */
    TC_INITIAL_UNIFORM     /* within +-sqrt(3 / H) (Glorot & Bengio 2010) */
};

/** How those blocks W are parametrised while training. The model has W itself in any case.
 *  Constrained ones take of the order of H^3 more operations in each update. */
enum tc_recurrent {
    TC_RECURRENT_FREE,
    TC_RECURRENT_ORTHOGONAL, /* W = (I + A)^-1 (I - A) D, the scaled Cayley transform of Helfrich,
                                Willmott & Ye 2018 (scoRNN): A, skew, is trained, and the diagonal D
                                of 1s and -1s stays. W starts as rotations of pairs of units times D
                              */
    TC_RECURRENT_NORMALISED  /* W = T / (rho(T) + 1e-5), the eigenvalue normalisation of Helfrich &
                                Ye 2020 (ENRNN): T is trained, and no eigenvalue of W exceeds 1. T
                                starts as free matrices do */
};

/** The states h0, c0 that a model starts from. They are audible in its first moments, and after
 *  each reset; to sequences, all of which begin there, they matter more. */
enum tc_start {
    TC_START_SILENCE, /* 0 while training; the finished model's are what a second of silence with
                         the knobs at their initial values leaves. 0 if a clip for training is
                         whole */
    TC_START_ZERO,
    TC_START_LEARNED /* parameters like others, initially 0: every segment starts there, and the
                        gradient that reaches its first frame is theirs. `truncate` or `truncation`
                        must let it reach so far, and `warmup` be 0 */
};

/** How far back in time gradients go: truncated back-propagation through time.
 *
 *  A segment is taken chunk by chunk after its warm-up, where every frame t has a loss l_t. With
 *  s_t the state and p the parameters, an update's gradient is a sum over frames:
 *
 *      d_t = dl_t / ds_t + w_t (ds_{t+1} / ds_t)^T d_{t+1},      dL/dp = sum_t d_t^T (ds_t / dp)
 *
 *  w_t = 0 cuts the gradient after frame t. The state is carried over every cut, and an update
 *  follows. K is `truncate`. An update's loss is divided by the number of frames with loss that a
 *  chunk has on average: K of FIXED and RANDOM, n of FULL and about n / ln n of UNIFORM, for
 *  segments of n frames.
 *
 *  FIXED    w = 0 after every K-th frame, else 1: TBPTT(K, K). An update each K frames.
 *
 *           With `lookback` K2 > K, TBPTT(K, K2): still an update for the losses of each K frames,
 *           each loss counted once, but w = 1 through the last K2 frames of the segment, and 0
 *           before. They are recomputed with the present weights: K2 / K times the work, memory for
 *           K2 frames. With a K2 as long as a segment the sum is that of FULL.
 *           From: Williams & Peng 1990, BPTT(h; h').
 *
 *  FULL     w = 1 in all of a segment, one update for it. Memory for K frames, and one state for
 *           each K frames of a segment, from which they are recomputed: about a third more work
 *           than FIXED.  From: Werbos 1990; Chen, Xu, Zhang & Guestrin 2016 (states).
 *
 *  RANDOM   After each frame a random cut with probability c, else w = 1 / (1 - c). The mean of w
 *           is 1, so with fixed weights the mean gradient is that of FULL. d frames after a cut
 *
 *               c = a / ((a - 1) K + d)     `tail` a > 1: P(length > n) falls as n^-a
 *               c = 1 / K                   `tail` 0: lengths are geometric
 *
 *           A cut comes after about K frames on average; the price is variance. Memory as FULL,
 *           work between FIXED and FULL.  From: Tallec & Ollivier 2017 (ARTBP).
 *
 *  UNIFORM  A chunk begins anywhere between its segment's start and its own end, all lengths as
 *           likely. The loss at frame T reaches frame i with probability i / T, weighted by T / i:
 *           a cut after frame i with c = 1 / (i + 1), else w = (i + 1) / i. The mean is that of
 *           FULL, too. Only about ln T updates in a segment of T frames. Memory and work as RANDOM.
 *           From: importance sampling of the length; each cut as in RANDOM. */
enum tc_truncation {
    TC_TRUNCATION_FIXED,
    TC_TRUNCATION_RANDOM,
    TC_TRUNCATION_UNIFORM,
    TC_TRUNCATION_FULL
};

/** How the learning rate changes. */
enum tc_schedule {
    TC_SCHEDULE_PLATEAU, /* it is halved after 5 validations without a new best, down to 1e-5 */
    TC_SCHEDULE_COSINE,  /* rate (1 + cos(pi p)) / 2, where p is the fraction of the epochs that is
                            done, or of the time limit where that is more; patience does not end
                            it.  From: Loshchilov & Hutter 2017, without restarts */
    TC_SCHEDULE_CONSTANT
};

/** Defaults, in brackets, are those of tc_train_options_init(). */
struct tc_train_options {
    unsigned batch;          /* segments side by side, 1 to 4096 [32] */
    unsigned warmup;         /* frames at the start of each clip that carry no loss [1000] */
    unsigned segment_warmup; /* frames before each segment's own in which its state settles, without
                                loss or gradient: the clip's before, or silence before its start;
                                from warmup to 2^20, not with whole clips; 0 = warmup [0] */
    unsigned truncate;       /* K above: 1 to 2^20, with RANDOM from 2 [512] */
    enum tc_truncation truncation; /* [TC_TRUNCATION_FIXED] */
    unsigned lookback;             /* K2 above, of FIXED: from truncate to 2^20; 0 = truncate [0] */
    float tail;                    /* a above, of RANDOM: 0, or above 1 [6] */
    enum tc_optimizer optimizer;   /* [TC_OPTIMIZER_ADAM] */
    enum tc_initial initial;       /* of free and normalised matrices [TC_INITIAL_ORTHOGONAL] */
    /* Factor of initial free matrices: below 1, a shorter memory that is easier to train; above 0,
     * at most 10 [1] */
    float initial_scale;
    enum tc_recurrent recurrent; /* of all layers [TC_RECURRENT_FREE] */
    enum tc_start start;         /* [TC_START_SILENCE] */
    /* Batch normalisation of the products W_ih x of all layers, to a learned mean and scale (Ioffe
     * & Szegedy 2015; in recurrent networks: Laurent et al. 2016). The lowest layer has the mean
     * and variance over all training frames, the others running ones, over every eighth frame of
     * longer chunks and before dropout. It costs of the order of 8 H I^2 an update, and is folded
     * into weight_ih and bias_ih, so that the model is any other. An encoder has none, and a
     * network with an input of symbols is refused. [false] */
    bool batch_norm;
    float recurrent_rate; /* learning rate of A or T, as a factor on learning_rate; above 0, at
                             most 1 [0.1] */
    float negatives;      /* fraction of -1s in D, 0 to 1 [0.5] */
    float forget_bias;    /* initial, of LSTMs, unless `memory` sets it; -100 to 100 [1] */
    float dropout;        /* dropout probability between recurrent layers, 0 to 0.9 [0]: outputs of
                           a layer that the next one does not get in a frame of training; the
                           others are multiplied by 1 / (1 - dropout). It falls on neither states
                           nor a residual layer's bypass, nor on the readout's input, so one layer
                           has none. From: Srivastava et al. 2014; Zaremba et al. 2014 */
    float learning_rate;  /* initial; above 0, at most 1 [0.01] */
    enum tc_schedule schedule; /* [TC_SCHEDULE_PLATEAU] */
    float clip_value;    /* gradients are clipped to +-this, element by element; 0 = never [0] */
    float clip_norm;     /* gradients (then) longer than this are scaled to it; 0 = never [1] */
    float weight_decay;  /* decoupled, as in AdamW (Loshchilov & Hutter 2019): at each update
                            w -= step * weight_decay * w, of W, free U and the readout's matrix;
                            biases, peepholes, gains, embeddings, initial states and constrained U
                            do not decay, and with batch_norm only W's length does, which changes
                            nothing; step * weight_decay is below 1 [0] */
    unsigned epochs;     /* at most, from 1; each trains on every frame about once [1000] */
    unsigned patience;   /* validations without a new best before the end, from 1 [25] */
    double time_limit_s; /* the one option that makes results depend on the clock; 0 = none [0] */
    uint64_t seed;       /* [1] */
    unsigned threads;    /* up to 1024, 0 = one per core; results do not depend on it [0] */
    unsigned memory;     /* initial memory length of LSTMs and GRUs, up to so many frames, by the
                            biases of their gates; 2 to 2^20; 0 = a few frames [0] */
    enum tc_loss loss;   /* of samples; probabilities have the cross-entropy [TC_LOSS_ESR] */
    float dc_weight;     /* w of enum tc_loss: 0 to less than 1; 0 for the plain errors [0.25] */
    float momentum;      /* of SGD: 0 to less than 1 [0.9] */
    float average;       /* f: after each update a running mean of the weights moves to them by
                            1 - f of the way, more at its start; at each validation it is scored,
                            too, and the better of both may be the best model; up to less than 1,
                            0 = none, refused with batch_norm [0] */
    float stft_weight;   /* weight of the loss of spectra, added to the one of samples, for
                            fine-tuning: of windows of 512, 1024 and 2048 frames, each a quarter
                            after the one before, sqrt(sum (|T| - |Y|)^2) relative to its root mean
                            for targets, plus the mean of |log |T| - log |Y||; `truncate` is 2048 or
                            more then, and a longer chunk has the mean over its parts of `truncate`
                            frames; 0 = none [0]. From: Yamamoto, Song & Kim 2020 */
    enum tc_pre_emphasis pre_emphasis; /* [TC_PRE_EMPHASIS_NONE] */
};

/** The defaults above, recommended for recordings. */
void tc_train_options_init(struct tc_train_options *options);

/** The same for whole clips, sequences: without a warm-up, which carries no loss and which
 *  sequences may not be longer than. */
void tc_train_options_init_sequences(struct tc_train_options *options);

/** Choose the gain d of the direct path, by the first input x and the first target t of clips in
 *  the frames that are not ignored:
 *  of 1, -1 (an inverting device) and 0 (much distortion: the input does not help) the one with the
 *  least sum (t - d x)^2.
 *
 *  warmup  frames at the start of each clip that are left out
 *
 *  0 without frames. Cannot fail. */
float tc_direct_path(const struct tc_clip *clips, size_t n_clips, size_t warmup);

struct tc_trainer;

/** A trainer with random weights for `arch`. OpenBLAS uses one thread from then on, in the whole
 *  program: the first weights must not depend on how many there are.
 *
 *  meta        the metadata of the models it will make (knob ranges and gains are used, too)
 *  train, val  at least one clip each. The structs are copied; the samples and the arrays of
 *              pointers to them (input, target, context, ignored) must live until tc_trainer_free()
 *
 *  The loss is that of options.loss of a linear readout, by default 0.75 ESR + 0.25 DC, else the
 *  cross-entropy. Validation is by tc_trainer_metric(), whatever the loss.
 *
 *  Errors: TC_BAD_ARGUMENT (options, a set without a frame that carries loss, a silent or constant
 *  target, a loss_from without use), TC_BAD_VALUE (NaN or infinity in a clip, targets that are no
 *  probabilities, symbols that are none: which clip and frame), TC_UNSUPPORTED (TC_ELU, TC_SOFTMAX;
 *  batch_norm with an input of symbols), TC_NO_MEMORY, and what tc_model_new() says of shape and
 *  metadata. */
enum tc_status tc_trainer_new(struct tc_trainer **trainer, const struct tc_architecture *arch,
                              const struct tc_metadata *meta,
                              const struct tc_train_options *options, const struct tc_clip *train,
                              size_t n_train, const struct tc_clip *val, size_t n_val,
                              struct tc_error *error);

/** A trainer of two networks. The encoder's input is a clip's context, from state zero; its last
 *  state is the state in which the network of `arch`, the decoder, starts (Cho et al. 2014;
 *  Sutskever, Vinyals & Le 2014). The decoder is what metadata, targets, scores and
 *  tc_trainer_best() are of.
 *
 *  encoder  its layers have the cells and widths of the decoder's, and it has no knobs; its readout
 *           is not used
 *
 *  Clips are whole, and their contexts have one length, 1 to 2^20: shorter ones are to be padded at
 *  their front. The warm-up is 0, recurrent matrices are free, and no start is learned. Dropout
 *  falls on the decoder only. As with TC_START_LEARNED, the encoder gets the gradient that
 *  truncation lets reach the decoder's first frame.
 *
 *  Errors as tc_trainer_new(); TC_BAD_ARGUMENT for what does not fit together. */
enum tc_status
tc_trainer_new_encoded(struct tc_trainer **trainer, const struct tc_architecture *encoder,
                       const struct tc_architecture *arch, const struct tc_metadata *meta,
                       const struct tc_train_options *options, const struct tc_clip *train,
                       size_t n_train, const struct tc_clip *val, size_t n_val,
                       struct tc_error *error);

/** Free a trainer (NULL allowed). Models made by it stay, its history does not. */
void tc_trainer_free(struct tc_trainer *trainer);

/** The name of a trainer's kernels (code for one instruction set), as tc_kernels_name(): those that
 *  the environment variable TONECELL_KERNELS names, or else the best for this CPU. */
const char *tc_trainer_kernels(const struct tc_trainer *trainer);

/** Bytes that tc_trainer_new() allocated for the forward and backward passes of a batch, an
 *  encoder's included: inputs, activations of a chunk, stored states and packed gradients, without
 *  parameters and the optimiser's moments. *n_sequences (may be NULL)
 *  receives the number of segments in a batch: options.batch, or fewer if the clips are too short.
 */
size_t tc_trainer_memory(const struct tc_trainer *trainer, unsigned *n_sequences);

/** A measure of a model on clips, over the frames that carry loss. */
struct tc_metric {
    const char *name; /* "esr" */
    bool higher_is_better;
    double (*value)(const struct tc_score *score);
};

/** The metric by which a trainer's best model is chosen: the error-to-signal ratio ("esr",
 *  tc_score_esr()) of a linear readout, the cross-entropy in nats per frame ("cross_entropy",
 *  tc_score_nats()) where outputs are probabilities. Lower is better in both. It lives as long as
 *  the program. */
const struct tc_metric *tc_trainer_metric(const struct tc_trainer *trainer);

/** Start from the parameters of a model, before the first tc_trainer_run(), in place of random
 *  ones. That run validates them first, so that its best model is no worse. The model has the
 *  network and the gains of the trainer; its knobs should have the trainer's ranges. Initial states
 *  are taken with TC_START_LEARNED only. The model is needed no longer.
 *  Errors: TC_BAD_ARGUMENT (another network or gains, a training that has begun, an encoder),
 *  TC_UNSUPPORTED (constrained matrices, batch_norm), TC_NO_MEMORY; nothing is changed then. */
enum tc_status tc_trainer_start_from(struct tc_trainer *trainer, const struct tc_model *model,
                                     struct tc_error *error);

/** The progress of a training. */
struct tc_progress {
    unsigned epoch;           /* from 1; 0 before the first */
    double epoch_done;        /* fraction of this epoch, 0 to 1 */
    bool validated;           /* true in the call that follows a validation */
    bool improved;            /* with validated: it was a new best */
    bool runs_away;           /* with validated: its score was a new best, but it is chaotic */
    uint64_t updates, frames; /* so far; frames: those after the warm-up */
    unsigned rejected;        /* steps undone because numbers were not finite */
    double seconds, frames_per_second; /* of this call of tc_trainer_run() */
    double loss;              /* mean over the updates since the last validation; NAN if none */
    double score, best_score; /* tc_trainer_metric() on the validation clips: of the last validation
                                 in this run, and of the best of all; NAN before the first */
    double learning_rate;     /* of the next step, as far as is known */
};

/** Called after every step, rejected ones too, and every validation, in the thread that called
 *  tc_trainer_run(); false ends the training. */
typedef bool tc_progress_fn(const struct tc_progress *progress, void *user);

/** Why a training ended. */
enum tc_train_end {
    TC_END_EPOCHS,   /* all epochs done */
    TC_END_PATIENCE, /* no improvement for so long */
    TC_END_TIME,     /* the time limit */
    TC_END_STOPPED   /* the progress function returned false */
};

/** Train until one of those ends. A network of recordings with a new best score becomes the best
 *  model only if its sensitivity on made-up notes is at most TC_RUNS_AWAY_DB
 *  (tc_health_measure()), or if there is no best model yet: a chaotic network may validate well,
 *  and run away on what it has not seen.
 *
 *  `progress` may be NULL; *end (may be NULL) receives why. The time limit is that of this
 *  call. A further call goes on with the next epoch, not with the rest of one that was stopped, and
 *  trains nothing after TC_END_EPOCHS.
 *  Errors: TC_BAD_VALUE if all steps, or ten, are undone because loss, gradient or weights were not
 *  finite; TC_NO_MEMORY. */
enum tc_status tc_trainer_run(struct tc_trainer *trainer, tc_progress_fn *progress, void *user,
                              enum tc_train_end *end, struct tc_error *error);

/** A validation. */
struct tc_history_entry {
    unsigned epoch; /* after which it was; 0: before the first, of a model to start from */
    uint64_t updates, frames; /* until then; frames: those after the warm-up */
    unsigned rejected;        /* steps until then */
    double loss;              /* mean over the updates since the validation before; NAN if none */
    double gradient_norm;     /* mean over them of the gradient's Euclidean norm before clipping */
    double learning_rate;     /* of the last of them */
    double score;             /* tc_trainer_metric() on the validation clips */
    bool improved;            /* it was a new best */
    bool averaged;            /* the score is that of the averaged weights, which were better */
};

/** All validations of a training so far, in their order; returns their number. *history is the
 *  trainer's, and valid until the next validation or tc_trainer_free(); NULL before the first. The
 *  progress function may call this. */
size_t tc_trainer_history(const struct tc_trainer *trainer,
                          const struct tc_history_entry **history);

/** The model that validated best (or that of the initial weights, before the first validation). Its
 *  initial state is what options.start says.
 *  `training` (may be NULL) is the JSON text, in UTF-8, to store in its metadata. The progress
 *  function may call this. Errors: TC_BAD_VALUE (`training` is not UTF-8), TC_NO_MEMORY. */
enum tc_status tc_trainer_best(const struct tc_trainer *trainer, const char *training,
                               struct tc_model **model, struct tc_error *error);

/** The encoder that belongs to it. A stream of it that was given a context passes its state to a
 *  stream of the decoder by tc_stream_copy_channel(). Errors: TC_BAD_ARGUMENT (the trainer has no
 *  encoder), TC_NO_MEMORY. */
enum tc_status tc_trainer_best_encoder(const struct tc_trainer *trainer, struct tc_model **model,
                                       struct tc_error *error);

/** Write a checkpoint: the file of tc_trainer_best()'s model with further tensors (training.*) of
 *  all that the training's future depends on. A file that exists is replaced, or stays whole if
 *  anything fails. The progress function may call this. `training` is as for tc_trainer_best().
 *  Errors: as tc_trainer_best() and tc_model_save(). */
enum tc_status tc_trainer_save_checkpoint(const struct tc_trainer *trainer, const char *training,
                                          const char *path, struct tc_error *error);

/** Go on from a checkpoint, in a trainer that was made of the same network, clips and options; the
 *  options `patience`, `time_limit_s` and `threads` may be others, and `epochs` unless the schedule
 *  is a cosine. The next tc_trainer_run() trains to the same model as if it had not been
 *  interrupted, to the bit, unless a time limit shapes a cosine. Not in the progress function.
 *  Errors: TC_BAD_ARGUMENT (of another training; which part differs), TC_BAD_FORMAT, TC_BAD_VALUE
 *  (no checkpoint, or damaged), TC_IO, TC_NO_MEMORY; the trainer is as before then. */
enum tc_status tc_trainer_load_checkpoint(struct tc_trainer *trainer, const char *path,
                                          struct tc_error *error);

/* ------------------------------------------------------------------------- diagnosis */

enum {
    TC_MAX_EXPONENTS = 4,   /* Lyapunov exponents of a diagnosis */
    TC_MAX_POSITIONS = 64,  /* positions in the signal */
    TC_MAX_DIAGNOSED = 4096 /* values in the state of a network that can be diagnosed */
};

/** Gates count as saturated this near to either end of their range: a logistic one below 0.05 or
 *  above 0.95, a tanh below -0.95 or above 0.95. A relu or modReLU unit that is off counts as low.
 */
#define TC_SATURATED 0.05

/** Called from tc_diagnose(), in its thread, two times for each position with the fraction done, 0
 *  to 1. */
typedef void tc_diagnose_progress_fn(double done, void *user);

struct tc_diagnose_options {
    float knob[TC_MAX_KNOBS]; /* [knobs] in the user's unit; default: their initial values */
    unsigned positions; /* in the signal, evenly spaced, 1 to TC_MAX_POSITIONS, default 8; fewer if
                           the signal is too short */
    size_t max_lag;     /* largest lag, frames, from 1; default 8192 */
    size_t min_memory;  /* frames, from 1; default 10 ms, of 48 kHz if the model has no sample rate.
                           With a shorter memory gradients count as vanishing */
    tc_diagnose_progress_fn *progress; /* may be NULL, the default */
    void *user;                        /* for progress */
};

/** Set all options to the defaults above for a model. */
void tc_diagnose_options_init(struct tc_diagnose_options *options, const struct tc_model *model);

/** A value over all positions; all are NAN where it could not be measured at one. */
struct tc_spread {
    double low, median, high; /* median: of an even number the lower of the middle two */
};

/** A gate of a layer, or the units of a plain RNN, on the signal. */
struct tc_gate_diagnosis {
    const char *name; /* "input", "forget", "candidate", "output"; "reset", "update", "candidate";
                         "units" */
    double low, high; /* fractions of units and frames that are saturated at either end */
    double radius;    /* spectral radius of its H x H block of the recurrent matrix U */
    const double *singular; /* [hidden] singular values of that block, the largest first */
};

struct tc_layer_diagnosis {
    unsigned hidden, gates;
    struct tc_gate_diagnosis gate[TC_MAX_GATES]; /* [gates] in the order of the model's rows */
    double gamma;     /* largest derivative of a plain RNN's activation; NAN for other cells */
    const double *dh; /* [lags] |dy_t / dh_k| */
    const double *dc; /* [lags] |dy_t / dc_k|; NULL for cells without c */
};

enum tc_gradient_flow {
    TC_FLOW_HEALTHY,
    TC_FLOW_VANISHING, /* the memory's median is below min_memory */
    TC_FLOW_EXPLODING  /* over the frames measured disturbances grow more than tenfold (first
                          exponent), or the gradient more than a thousandfold at some lag */
};

/** The results. State s: h, and c where the cell has one, of all layers together, after a frame; n
 *  values. y: the sums of the readout, before output gain, logistic or softmax. A lag is the number
 *  of frames from k to t, t the last frame at a position. Norms of matrices are their largest
 *  singular values, those of gradients Euclidean.
 *
 *      ds_t / ds_k = J_t J_(t-1) ... J_(k+1),   J_i = ds_i / ds_(i-1)
 *
 *  Curves over the lags are medians over the positions unless they are spreads. A norm that has
 *  fallen below 1e-9 of that at lag 0 is 0 from there on, one that has grown above 1e12 of it
 *  INFINITY. All arrays belong to the diagnosis. */
struct tc_diagnosis {
    unsigned positions;         /* measured: options.positions, or fewer */
    unsigned layers;            /* of the model */
    unsigned exponents;         /* Lyapunov exponents: TC_MAX_EXPONENTS, or n if that is less */
    size_t frames;              /* measured at each position: max_lag + 1, or fewer */
    size_t *lag;                /* [lags] 0, 1, 2, ..., in steps of a quarter octave later */
    size_t lags;                /* at most 160; the last lag is frames - 1 */
    size_t norm_lag;            /* largest lag for which |ds_t / ds_k| was measured; NAN beyond */
    struct tc_spread *jacobian; /* [lags] |ds_t / ds_k| */
    struct tc_spread *gradient; /* [lags] |dy_t / ds_k|, of all outputs and the whole state, through
                                   layers above within the same frame, too, as in training */
    double step_bound; /* bound on every |J_i|: gamma lambda for a plain RNN of one layer, lambda
                          the largest singular value of U; else the largest bound found on the
                          signal */
    double *bound;     /* [lags] step_bound ^ lag, which |ds_t / ds_k| cannot exceed */
    struct tc_spread memory; /* frames after which |dy_t / ds_k| stays at or below 1 % of that at
                                lag 0; INFINITY: more than `frames` */
    double exponent[TC_MAX_EXPONENTS]; /* Lyapunov exponents along the signal, per frame, the
                                          largest first; -INFINITY: forgotten within a frame */
    enum tc_gradient_flow flow;
    struct tc_layer_diagnosis layer[TC_MAX_LAYERS]; /* [layers] the lowest first */
};

/** Find the eigenvalues of a model's states at rest, which players need to know whether its states
 *  may be delayed (controls.rate), and how much a delay changes its output (if the rate is known);
 *  and keep them in the model; a bundle carries them. To be called
 *  before streams or players share the model. Takes up to some seconds. A model of symbols, of more
 *  than 512 states, with TC_ELU or TC_SOFTMAX in a layer, or whose states are not bounded at rest,
 *  stays without: then its states are not delayed. Sets OpenBLAS to one thread in the whole
 *  program.
 *  Errors: TC_NO_MEMORY. */
enum tc_status tc_find_eigenvalues(struct tc_model *model, struct tc_error *error);

/** Analyse the gradient flow of a model on a signal, from exact Jacobians in double precision.
 *
 *  input    [tc_input_buffers()] buffers of n_frames (from 2), finite, at the model's sample rate
 *  options  all fields set, see tc_diagnose_options_init()
 *
 *  Each position has the state of a stream that has processed all frames before it. The work is
 *  bounded except for that: for large networks `frames` and `norm_lag` are reduced. The diagnosis
 *  does not refer to the model; free it with tc_diagnosis_free().
 *
 *  Sets OpenBLAS to one thread in the whole program, as tc_trainer_new() does. Not real-time safe.
 *
 *  Lyapunov exponents are means over the positions of log |R_ii| by the QR method (Benettin et al.
 *  1980), without the first quarter of each position's frames. The bound is that of Pascanu,
 *  Mikolov & Bengio 2013.
 *
 *  *diagnosis is written on success. Errors: TC_BAD_ARGUMENT (options, fewer than 2 frames),
 *  TC_BAD_VALUE (NaN or infinity in the input or the state: the message says where), TC_TOO_LARGE
 *  (the state has more than TC_MAX_DIAGNOSED values), TC_UNSUPPORTED (TC_ELU, TC_SOFTMAX),
 *  TC_NO_MEMORY. */
enum tc_status tc_diagnose(struct tc_diagnosis **diagnosis, const struct tc_model *model,
                           const float *const *input, size_t n_frames,
                           const struct tc_diagnose_options *options, struct tc_error *error);

/** Free it and its arrays (NULL allowed). */
void tc_diagnosis_free(struct tc_diagnosis *diagnosis);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
