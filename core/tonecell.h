/** @file
 *  Tonecell: recurrent neural networks trained on recordings, run sample by sample.
 *
 *  Four objects, in the order in which a program uses them:
 *
 *      struct tc_model     architecture, weights, knobs, metadata; immutable
 *      struct tc_stream    the hidden states of n channels that run through one model
 *      struct tc_player    a stream with gains, dry/wet mix, bypass and smoothed knobs
 *      struct tc_trainer   fits models to recordings (tonecell-train.h)
 *
 *  Terms: a frame is one sample of every channel. A channel is one signal path through a stream,
 *  with a hidden state of its own; it has as many input buffers as the model has inputs.
 *
 *  Threads: a model may be shared by any number of threads. A stream or player belongs to one
 *  thread at a time; different ones may be used at the same time. Functions that take neither may
 *  be called from any thread.
 *
 *  Real time: functions marked TC_REALTIME neither allocate, lock, print nor wait, and their time
 *  is bounded by A + B n_frames. All others may allocate and must not be called in an audio thread.
 *
 *  Errors: functions that can fail return enum tc_status, write their results only on success,
 *  and describe the failure in the struct tc_error (which may be NULL). Pointers must not be NULL
 *  unless the function's comment allows it.
 *
 *  Lifetime: what a _new() or _load() function returns is freed by the matching _free(), which
 *  takes NULL. Strings returned as const char * are static unless a comment says otherwise. */
#ifndef TONECELL_H
#define TONECELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The libraries are compiled with hidden visibility: they export what their headers declare. */
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/* clang 20 and later check at compile time that such a function calls nothing that blocks. */
#if defined(__clang__) && __clang_major__ >= 20
#define TC_REALTIME __attribute__((nonblocking))
#else
#define TC_REALTIME
#endif

#if defined(__GNUC__)
#define TC_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define TC_PRINTF(text, first)
#endif

/* ------------------------------------------------------------------ status and errors */

enum tc_status {
    TC_OK = 0,
    TC_NO_MEMORY,    /* an allocation failed */
    TC_BAD_ARGUMENT, /* the caller's value is outside what the header allows */
    TC_BAD_FORMAT,   /* the bytes are not what they claim to be: damaged or another format */
    TC_BAD_SHAPE,    /* tensors or channels do not fit each other */
    TC_BAD_VALUE,    /* NaN, infinity, or outside its range */
    TC_UNSUPPORTED,  /* understood, but not something this version can do */
    TC_TOO_LARGE,    /* over a limit below */
    TC_IO            /* the operating system refused; the message has its reason */
};

/** What failed, where, what was found and what was expected: one clause of a sentence, without the
 *  name of the program or file, newline or full stop. Zero-terminated, cut to fit. Written on
 *  failure only. */
struct tc_error {
    char message[480];
};

/** The meaning of a status in a few words: a static string, never NULL, also for numbers that are
 *  no status. */
const char *tc_strerror(enum tc_status status);

/** Format a message as printf() does into error (unless NULL) and return `status`, for
 *  `return tc_fail(...)`. */
enum tc_status tc_fail(struct tc_error *error, enum tc_status status, const char *format, ...)
    TC_PRINTF(3, 4);

/** The version of the library as a static string, such as "0.1.0". */
const char *tc_version(void);

/* ------------------------------------------------------------------------- limits */

enum {
    TC_MAX_LAYERS = 16,
    TC_MAX_UNITS = 1024,         /* per layer */
    TC_MAX_GATES = 4,            /* of a cell */
    TC_MAX_PARAMETERS = 1 << 24, /* of a model: 64 MiB */
    TC_MAX_AUDIO = 16,           /* audio inputs, and outputs, of a model in a player */
    TC_MAX_FEATURES = 4096,      /* inputs of a model beside the knobs, and linear outputs */
    TC_MAX_CLASSES = 65536,      /* outputs that are probabilities */
    TC_MAX_SYMBOLS = 65536,      /* of an input of symbols */
    TC_MAX_KNOBS = 16,
    TC_MAX_CHANNELS = 64, /* of a stream */
    TC_TEXT_SIZE = 128,   /* bytes of a name, with the final zero */
    TC_LABEL_SIZE = 48,
    TC_KNOB_SIZE = 32 /* bytes of the name of a knob or a control signal */
};

/* ------------------------------------------------------------------------- model */

enum tc_cell {
    TC_CELL_RNN,
    TC_CELL_LSTM,
    TC_CELL_GRU,             /* reset after the product, as PyTorch's and Keras' */
    TC_CELL_LSTM_PEEPHOLE,   /* i and f see the old cell, o the new (Gers & Schmidhuber 2000) */
    TC_CELL_GRU_RESET_BEFORE /* as Cho et al. 2014 and Keras with reset_after=False have it */
};

#define TC_CELLS (TC_CELL_GRU_RESET_BEFORE + 1) /* how many there are */

/** Formats of other programs that a model can be written in. */
enum tc_export {
    TC_EXPORT_GUITARML, /* also CoreAudioML: NeuralPi, Proteus */
    TC_EXPORT_KERAS,    /* RTNeural */
    TC_EXPORT_AIDAX,
    TC_EXPORT_NAM, /* 0.5.4; loudness and gain are measured with noise */
    TC_EXPORT_ONNX /* opset 14; cannot be read again */
};

#define TC_EXPORTS (TC_EXPORT_ONNX + 1) /* how many there are */

/** Where the reset gate r of a GRU acts. */
enum tc_reset {
    TC_RESET_NONE,  /* the cell has no reset gate */
    TC_RESET_AFTER, /* after the product: n = tanh(W x + b_in + r (U h + b_hn)) */
    TC_RESET_BEFORE /* before it: n = tanh(W x + b_in + U (r h) + b_hn) */
};

/** How a format of another program holds a cell. */
struct tc_cell_format {
    const char *name;                 /* of the cell there; NULL if the format has no such cell */
    unsigned char gate[TC_MAX_GATES]; /* gate[i]: our gate that is the i-th there */
};

/** What distinguishes one kind of cell: all that is known of it beside its equations. */
struct tc_cell_description {
    const char *name;               /* "gru-reset-before": in model files and results */
    const char *family;             /* "gru": what --cell of `tonecell train` calls it, */
    bool peephole;                  /* with --peephole: tensor peephole [3][H] of i, f, o */
    enum tc_reset reset;            /* with --reset */
    bool has_c;                     /* a cell state c beside the hidden state h */
    bool any_activation;            /* struct tc_layer chooses; otherwise tanh and logistic */
    unsigned gates;                 /* blocks of H rows in the matrices */
    unsigned logistic;              /* bit g: gate g is a logistic function, otherwise tanh; 0
                                       with any_activation */
    const char *gate[TC_MAX_GATES]; /* their names in order; NULL beyond the last */

    /* Gates whose input biases have initial values of their own; -1 if there is none. */
    int forget_gate; /* struct tc_train_options.forget_bias */
    int keep_gate;   /* with a memory length: log(frames - 1), the more the longer it remembers */
    int write_gate;  /* with a memory length: -log(frames - 1) */

    unsigned image_version; /* the first version of the flat image (below) that knows the cell */
    struct tc_cell_format format[TC_EXPORTS];
};

/** The activation of a plain RNN layer, applied to its sums z. LSTM and GRU always use tanh and the
 *  logistic function. */
enum tc_activation {
    TC_TANH,
    TC_LOGISTIC,
    TC_RELU,
    TC_IDENTITY,
    TC_MODRELU, /* h = sign(z) max(|z| + bias_hh, 0), sign(0) = 0, with z the sum without bias_hh:
                   the magnitude changes, the sign stays. From: Arjovsky, Shah & Bengio 2016; for
                   real units Helfrich, Willmott & Ye 2018 (scoRNN) */
    TC_ELU,     /* h = z, or exp(z) - 1 below 0. From: Clevert, Unterthiner & Hochreiter 2016 */
    TC_SOFTMAX  /* h = exp(z_j) / sum exp(z) over the units of the layer. TC_ELU and TC_SOFTMAX
                   come from other programs' networks; streams run them, the trainer refuses */
};

#define TC_ACTIVATIONS (TC_SOFTMAX + 1) /* how many there are */

/** One recurrent layer. */
struct tc_layer {
    enum tc_cell cell;
    enum tc_activation activation; /* TC_CELL_RNN only; TC_TANH otherwise */
    unsigned hidden;               /* units, 1 to TC_MAX_UNITS */
};

/** The function from the sums v of the readout to the outputs y: samples or probabilities. */
enum tc_readout {
    TC_READOUT_LINEAR,   /* y = v */
    TC_READOUT_LOGISTIC, /* y = 1 / (1 + exp(-v)), for each output separately */
    TC_READOUT_SOFTMAX   /* y_o = exp(v_o) / sum exp(v): a distribution over the outputs */
};

/** The architecture of a network: a stack of recurrent layers and a readout.
 *
 *      u = in_gain * x                          x: audio inputs of one frame
 *      h_1 = cell_1([u; knobs; e], h_1), h_2 = cell_2(h_1, h_2), ...
 *      v = W h_last + b + direct * u            the direct path joins input o to output o
 *      y = out_gain * readout(v)                out_gain is 1 unless the readout is linear
 *
 *  The inputs of layer 0 are the audio inputs, then the knobs, then e.
 *
 *  A network may have an input of symbols (letters, words, notes), each an index from 0. e is the
 *  learned vector of the present symbol s, row s of a matrix (symbols, embedding), as that of
 *  torch.nn.Embedding (Bengio, Ducharme, Vincent & Jauvin 2003); 0 where there is no symbol.
 *
 *  With residual connections (He et al. 2016) the output of layer l is o_l = h_l + o_(l-1) instead
 *  of h_l, where o_(l-1) is its input; its hidden state stays h_l. Layer 0, and layers of another
 *  width than the one below, have the output o_l = h_l.
 *
 *  With layer normalisation (Ba, Kiros & Hinton 2016) the output of every layer is
 *
 *      g (o_l - m) / sqrt(v + 1e-5) + b      m, v: mean and variance over the units of o_l
 *
 *  instead of o_l, with a learned gain g and bias b per unit; its hidden state stays h_l. */
struct tc_architecture {
    unsigned audio_inputs;   /* 1 (0 with symbols) to TC_MAX_FEATURES; players take up to
                                TC_MAX_AUDIO, plugins 1, or 2 if the second is a control signal */
    unsigned knobs;          /* 0 to TC_MAX_KNOBS */
    unsigned outputs;        /* 1 to TC_MAX_FEATURES if the readout is linear, else to
                                TC_MAX_CLASSES; TC_MAX_AUDIO for players, 1 for plugins */
    unsigned layers;         /* 1 to TC_MAX_LAYERS */
    float direct;            /* gain of the direct path, finite: 0 for none, usually 1 or -1; if not
                                0 there are at least as many audio inputs as outputs */
    enum tc_readout readout; /* a softmax has at least 2 outputs */
    bool residual;           /* residual connections, as above */
    bool layer_norm;         /* of layer outputs, as above; layers have at least 2 units */
    unsigned symbols;        /* 0: no input of symbols; or 2 to TC_MAX_SYMBOLS; players and plugins
                                take none */
    unsigned embedding;      /* values in a symbol's vector: 1 to TC_MAX_UNITS, 0 without symbols */
    struct tc_layer layer[TC_MAX_LAYERS];
};

/** A conditioning input (knob) in the user's unit. The network's input is
 *
 *      at_min + (value - min) / (max - min) * (at_max - at_min)     both differences finite */
struct tc_knob {
    char name[TC_KNOB_SIZE]; /* printable, not empty */
    char unit[16];           /* may be empty */
    float min, max, initial; /* min < max, min <= initial <= max */
    float at_min, at_max;    /* the network's input at min and at max */
};

/** The metadata of a model. Texts are UTF-8, zero-terminated, and may be empty; levels are NAN if
 *  unknown. Defaults: tc_metadata_init(). */
struct tc_metadata {
    char name[TC_TEXT_SIZE], author[TC_TEXT_SIZE], licence[TC_TEXT_SIZE];
    char label[TC_LABEL_SIZE];     /* [a-z0-9_], the LADSPA label; may be empty */
    char control[TC_KNOB_SIZE];    /* the name of a control signal (enum tc_control); empty: none */
    double sample_rate_hz;         /* 0 = unknown; at most 1e9 */
    bool sample_rate_assumed;      /* the rate is the usual one of the format that the model was
                                      read from, which did not state it; exports omit it */
    float in_gain_db, out_gain_db; /* -200 to 200; out_gain_db 0 where outputs are probabilities */
    float loudness_db;             /* of the output, as NAM files state it */
    float input_level_dbu, output_level_dbu; /* analogue levels of digital full scale */
    struct tc_knob knob[TC_MAX_KNOBS];       /* the first architecture.knobs are used */
    const char *training; /* record of the training, a JSON object; NULL if unknown. In a
                             model it belongs to the model; tc_model_new() copies it */
};

/** How a model takes a signal that steers it, such as the LFO of a flanger or the key of a
 *  compressor. Gains, the model's and the user's, do not act on it. */
enum tc_control {
    TC_CONTROL_NONE,
    TC_CONTROL_AUDIO, /* the second of two audio inputs, which is no knob's name */
    TC_CONTROL_KNOB   /* the first knob, whose name it has; there is one audio input */
};

/** A tensor within the flat vector of a model's parameters. */
struct tc_tensor {
    char name[32];     /* as PyTorch names it: rec.weight_ih_l0, lin.bias */
    unsigned layer;    /* its recurrent layer, from 0; architecture.layers for the readout */
    size_t offset;     /* of its first value in the vector, in floats */
    size_t rows, cols; /* row-major; a vector has cols = 1 */
};

/** The largest number of tensors of any architecture. */
enum { TC_MAX_TENSORS = 9 * TC_MAX_LAYERS + 3 };

struct tc_model;

/** Check all limits and combinations of an architecture. Errors: TC_BAD_ARGUMENT, TC_BAD_VALUE (a
 *  direct path that is not finite), TC_TOO_LARGE. */
enum tc_status tc_architecture_check(const struct tc_architecture *arch, struct tc_error *error);

/** List the tensors of an architecture that passed tc_architecture_check(), in the order in
 *  which their values follow each other, without gaps:
 *
 *      with symbols:   emb.weight [symbols][embedding]
 *      for each layer: weight_ih [G*H][I], weight_hh [G*H][H], bias_ih [G*H], bias_hh [G*H],
 *                      peephole [3][H] (i, f, o; with peepholes only), norm_weight [H], norm_bias
 *                      [H] (g and b; with layer normalisation only), h0 [H], c0 [H] (LSTM only)
 *      then:           lin.weight [O][H], lin.bias [O]
 *
 *      G blocks of H rows: 1 rnn, 4 lstm (i, f, g, o), 3 gru (r, z, n)
 *
 *  tensors may be NULL. *values (may be NULL) receives the length of the vector.
 *  Returns the number of tensors. */
unsigned tc_architecture_tensors(const struct tc_architecture *arch,
                                 struct tc_tensor tensors[TC_MAX_TENSORS], size_t *values);

/** The number of inputs of layer `index` (below arch->layers): audio inputs, knobs and the values
 *  of an embedding for layer 0, the units of the layer below for the others. */
unsigned tc_layer_inputs(const struct tc_architecture *arch, unsigned index);

/** The number of buffers with one channel's input: one for each audio input, then one of symbols if
 *  the network has them, with the index of a symbol in each frame. Any number outside 0 to
 *  symbols - 1 means that there is no symbol; fractions are cut off. */
unsigned tc_input_buffers(const struct tc_architecture *arch);

/** The description of a cell, a constant; NULL for a value that is no cell. */
const struct tc_cell_description *tc_cell_describe(enum tc_cell cell);

/** The number of gates, the blocks of H rows in a layer's matrices: 1 rnn, 4 lstm, 3 gru; 0 for a
 *  value that is no cell. */
unsigned tc_cell_gates(enum tc_cell cell);

/** The name of a cell as model files have it: "rnn", "lstm", "gru", "lstm-peephole" or
 *  "gru-reset-before". A static string, never NULL. */
const char *tc_cell_name(enum tc_cell cell);

/** The name of an activation: "tanh", "logistic", "relu", "identity", "modrelu", "elu" or
 *  "softmax". A static string, never NULL. */
const char *tc_activation_name(enum tc_activation activation);

/** The name of a readout: "linear", "logistic" or "softmax". A static string, never NULL. */
const char *tc_readout_name(enum tc_readout readout);

/** Set all fields: empty texts, sample_rate_hz 0 (unknown), nothing assumed, gains 0 dB, levels
 *  NAN, knobs zeroed, training NULL. Cannot fail. */
void tc_metadata_init(struct tc_metadata *meta);

/** Create a model from copies of arch, meta and parameters.
 *
 *  parameters  floats in the order of tc_architecture_tensors(), as many as its *values
 *
 *  Errors: those of tc_architecture_check(); TC_BAD_VALUE (NaN or infinite weights; text that is
 *  not printable UTF-8 or too long; gains, label or knobs that are not as their structs say);
 *  TC_TOO_LARGE; TC_NO_MEMORY. */
enum tc_status tc_model_new(struct tc_model **model, const struct tc_architecture *arch,
                            const struct tc_metadata *meta, const float *parameters,
                            struct tc_error *error);

/** Free a model (NULL allowed). Its streams and players must have been freed before. */
void tc_model_free(struct tc_model *model);

/** The architecture of a model. It belongs to the model, is constant, and is valid until
 *  tc_model_free(). Any thread may read it; real-time safe. */
const struct tc_architecture *tc_model_architecture(const struct tc_model *model);

/** The metadata of a model, its `training` text included. Ownership and threads as above. */
const struct tc_metadata *tc_model_metadata(const struct tc_model *model);

/** The parameters of a model: floats in the order of tc_architecture_tensors(). Ownership and
 *  threads as above. */
const float *tc_model_parameters(const struct tc_model *model);

/** How a model takes its control signal, by its metadata. Ownership and threads as above. */
enum tc_control tc_model_control(const struct tc_model *model);

/** A copy of a TC_CONTROL_KNOB model for streams and players that takes the signal frame by frame:
 *  as a second audio input, in the unit of the knob, which is no knob any more (those after it move
 *  up by one). It must not be saved. Errors: TC_BAD_ARGUMENT (another model), TC_NO_MEMORY. */
enum tc_status tc_model_with_control_input(struct tc_model **copy, const struct tc_model *model,
                                           struct tc_error *error);

/** The number of parameters without the initial states h0 and c0. */
size_t tc_model_weights(const struct tc_model *model);

/* ----------------------------------------------------------------- flat image, for bundles */

/** What a plugin file holds besides its model. */
struct tc_plugin_identity {
    char label[TC_LABEL_SIZE];   /* of the mono plugin; the stereo one adds _stereo */
    uint32_t mono_id, stereo_id; /* LADSPA UniqueIDs, 1 to 0xffffff */
};

/** The size of a model's image in bytes; it does not depend on the identity. */
size_t tc_image_size(const struct tc_model *model);

/** Write a model, except the record of its training, as a position-independent block of
 *  little-endian bytes with a checksum. `bytes` has tc_image_size() bytes of any alignment. Cannot
 *  fail. */
void tc_image_write(const struct tc_model *model, const struct tc_plugin_identity *identity,
                    unsigned char *bytes);

/** Create a model and its identity from an image. `size` is that of the memory at `bytes`, which
 *  may exceed the image; `bytes` is not used after the call. Errors: TC_BAD_FORMAT (no image, wrong
 *  version, truncated, checksum), else as tc_model_new(). Uses libc only. */
enum tc_status tc_image_read(const unsigned char *bytes, size_t size, struct tc_model **model,
                             struct tc_plugin_identity *identity, struct tc_error *error);

/* ------------------------------------------------------------------------- stream */

struct tc_stream;

/** Create a stream of `channels` (1 to TC_MAX_CHANNELS) that advance together, each with a hidden
 *  state of its own that starts at the model's initial state h0, c0. The kernels (code for one
 *  instruction set) are those that the environment variable TONECELL_KERNELS names, or else the
 *  best for this CPU; weights have full precision. The model must outlive the stream.
 *  Errors: TC_BAD_ARGUMENT (channels), TC_NO_MEMORY. */
enum tc_status tc_stream_new(struct tc_stream **stream, const struct tc_model *model,
                             unsigned channels, struct tc_error *error);

/** How a stream stores weights. Arithmetic is float32 in either case. */
enum tc_precision {
    TC_PRECISION_FULL, /* float32 */
    TC_PRECISION_HALF  /* 16-bit floats, in layers whose float32 weights exceed the first-level
                          cache, since only these become faster. The plain C kernels always use
                          float32. */
};

/** tc_stream_new() with the kernels of this name (see tc_kernels_name(); NULL as there) and with
 *  weights of this precision. Errors: those of tc_stream_new(), and TC_UNSUPPORTED if this CPU or
 *  this build has no kernels of this name. */
enum tc_status tc_stream_new_with(struct tc_stream **stream, const struct tc_model *model,
                                  unsigned channels, const char *kernels,
                                  enum tc_precision precision, struct tc_error *error);

/** The name of the index-th kernels that this CPU can run, from 0, fastest first: "avx512", "avx2",
 *  "neon", "c". A static string; NULL after the last. */
const char *tc_kernels_name(unsigned index);

/** The name of the kernels that a stream uses: a static string. */
const char *tc_stream_kernels(const struct tc_stream *stream);

/** Free a stream (NULL allowed). Its model stays. */
void tc_stream_free(struct tc_stream *stream);

/** Set all channels to the model's initial state h0, c0, as in a new stream. */
void tc_stream_reset(struct tc_stream *stream) TC_REALTIME;

/** Copy the hidden state of a channel of stream `from`, which does not change, to a channel of
 *  `stream`. Channels count from 0. Both streams have the same kernels, and the same model or
 *  models whose layers have the same cells and widths: so the last state of an encoder becomes the
 *  first of a decoder. Signals of different lengths can share a stream: when one begins or ends,
 *  the others move to a stream of just the channels needed. Cannot fail.
 *
 *  `from` may be `stream` itself if the two channels differ. States are float32 with either
 *  precision of the weights, so that the streams' precisions may differ; what follows is then
 *  computed with the weights of `stream`.
 *
 *  The output that follows is, to the bit, the one that would have followed in `from`, if both
 *  streams have the same model and precision and have processed multiples of TC_GUARD_FRAMES frames
 *  (the check for non-finite states counts frames of the stream, not of a channel). */
void tc_stream_copy_channel(struct tc_stream *stream, unsigned channel,
                            const struct tc_stream *from, unsigned from_channel) TC_REALTIME;

/** Run n_frames (0 allowed) of every channel through the model.
 *
 *  in     [channels * tc_input_buffers()] buffers of n_frames, channel by channel
 *  knobs  [knobs] buffers of n_frames: the value of each knob at every frame, in the user's unit,
 *         clamped to its range here; may be NULL if the model has none
 *  out    [channels * outputs] buffers of n_frames, channel by channel; each may be one of the
 *         input buffers, but buffers must not overlap otherwise
 *
 *  The output depends neither on how a signal is cut into calls nor on the number of channels.
 *  A non-finite input sample counts as 0. Every TC_GUARD_FRAMES frames of the stream, a channel
 *  whose state is no longer finite is set to the initial state; until then its output is 0. The
 *  caller's floating point mode is restored before returning. Cannot fail. */
void tc_stream_process(struct tc_stream *stream, const float *const *in, const float *const *knobs,
                       float *const *out, size_t n_frames) TC_REALTIME;

/** Frames between two checks of a stream's hidden states for NaN and infinity. */
enum { TC_GUARD_FRAMES = 64 };

/** How many times a channel was set to the initial state because its state was no longer finite,
 *  since the stream was created: a sum over channels that no reset clears. */
uint64_t tc_stream_recoveries(const struct tc_stream *stream) TC_REALTIME;

/** Measure a model of one audio input (a control signal, which stays 0, does not count) and one
 *  output, knobs at their initial values, with a second of pink noise, as NAM's files state it:
 *
 *      loudness_db   20 log10 of the output's RMS
 *      gain          with y_k the RMS at k tenths of the input, and m = 11 y_10:
 *                    sum y_k / (m / 2) - 1 within 0 and 1: 0 if linear, 1 if all y_k are equal
 *
 *  Both NAN for a model that is silent, or whose output is not finite. For six LSTMs and GRUs of
 *  other authors the loudness is within 0.1 dB of that with NAM's own signal, the gain within
 *  0.003. Not real-time safe. Errors: TC_UNSUPPORTED (other numbers of inputs or outputs),
 *  TC_NO_MEMORY. */
enum tc_status tc_model_loudness(const struct tc_model *model, float *loudness_db, float *gain,
                                 struct tc_error *error);

/* ------------------------------------------------------------------------- player */

struct tc_player;

/** Controls. Values outside their range and infinities are clamped; NaN is the lower bound. All are
 *  neutral at 0. */
struct tc_controls {
    float in_gain_db, out_gain_db; /* -60 to 24 */
    float dry;                     /* 0 = model only, 1 = input only */
    float bypass;                  /* > 0.5: the input, unchanged */
    float normalise;          /* > 0.5: output gain to -18 dB, if the model's loudness is known */
    float dc_blocker;         /* > 0.5: a high-pass at 5 Hz after the model */
    float rate;               /* at another rate than the model's: 0 automatic, which is 1
                                      resampling; 2 delay of the states, where that is stable */
    float oversampling;       /* 0 none, 1 two times, 2 four times */
    float knob[TC_MAX_KNOBS]; /* in the knob's own unit */
};

#define TC_GAIN_MIN_DB (-60.0f)
#define TC_GAIN_MAX_DB 24.0f

/** Neutral controls: 0 dB, model only, knobs at their initial value. */
void tc_controls_init(struct tc_controls *controls, const struct tc_model *model);

/** The most that a host's rate may be of the model's, or the other way round, to be converted. */
#define TC_MAX_RATE_RATIO 128.0

/** A player of `channels` (1 to TC_MAX_CHANNELS) groups of the model's audio inputs and outputs, at
 *  a host's rate (above 0, at most 1e9). Where the model's rate is known and another, up to
 *  TC_MAX_RATE_RATIO times the host's or the other way round, the model runs at its own: the input
 *  and the output are converted by linear-phase filters, flat up to 20 / 44.1 of the lower rate and
 *  110 dB down outside, which makes the output late by about 80 frames of the lower rate. Or the
 *  model runs at the host's rate with its states fed back later or earlier by the ratio of the
 *  rates (controls.rate): no latency, but an error that depends on the model; only where
 *  tc_player_delays() (tc_find_eigenvalues(), whose findings bundles carry).
 *  Oversampled by N, the model runs at N times its rate with states fed back after N frames,
 *  between the same filters. The model must outlive the player. Errors: TC_BAD_ARGUMENT,
 *  TC_UNSUPPORTED (a model of symbols, or of more than TC_MAX_AUDIO audio inputs or outputs),
 *  TC_NO_MEMORY. */
enum tc_status tc_player_new(struct tc_player **player, const struct tc_model *model,
                             unsigned channels, double rate_hz, struct tc_error *error);

/** The same with weights of another precision. With `fixed` controls, only their choice of rate and
 *  oversampling is there, which saves the memory of the others; NULL: all. Errors as above. */
enum tc_status tc_player_new_with(struct tc_player **player, const struct tc_model *model,
                                  unsigned channels, double rate_hz, enum tc_precision precision,
                                  const struct tc_controls *fixed, struct tc_error *error);

/** Whether a player of the model converts from and to a host's rate. False, too, where the model's
 *  rate is unknown or too far from the host's: then the model runs at the host's rate. */
bool tc_player_converts(const struct tc_model *model, double rate_hz);

/** The most error of delayed states for which a player takes them. */
#define TC_MAX_DELAY_ERROR_DB (-60.0)

/** The error of a model at a host's rate with its states delayed (controls.rate 2), in dB of its
 *  output: expected of small signals with the spectrum of a guitar. -INFINITY: none, or it is not
 *  known; INFINITY: a delay would not be stable, the eigenvalues are not known, or the model does
 *  not convert. */
double tc_player_delay_error_db(const struct tc_model *model, double rate_hz);

/** Whether a player of a model that converts can delay its states instead (controls.rate 2): its
 *  eigenvalues are known, and say that this is stable at the host's rate, and the error is at most
 *  TC_MAX_DELAY_ERROR_DB. */
bool tc_player_delays(const struct tc_model *model, double rate_hz);

/** Free a player (NULL allowed). */
void tc_player_free(struct tc_player *player);

/** Back to the start: state as new, the next controls are taken without a ramp. */
void tc_player_reset(struct tc_player *player) TC_REALTIME;

/** As tc_stream_copy_channel(). Controls are the player's and not copied. */
void tc_player_copy_channel(struct tc_player *player, unsigned channel,
                            const struct tc_player *from, unsigned from_channel) TC_REALTIME;

/** As tc_stream_process(), with gains, dry, bypass and knobs. A control that changed since the
 *  last call moves to its new value in a straight line over 20 ms, from the first frame of this
 *  call; another rate or oversampling fades the output out and, after the new latency and 20 ms
 *  more, in again, with the states set to the initial ones; a call without frames takes no
 *  controls. Dry and bypass give output o the audio input o of its channel, or the first where
 *  there are fewer. The input gain leaves a control signal as it is. */
void tc_player_process(struct tc_player *player, const struct tc_controls *controls,
                       const float *const *in, float *const *out, size_t n_frames) TC_REALTIME;

/** Frames by which the output is late with these controls, dry and bypassed signal included: those
 *  of the filters of a conversion of the rate or of oversampling; 0 where there are none. */
unsigned tc_player_latency_frames(const struct tc_player *player,
                                  const struct tc_controls *controls) TC_REALTIME;

/* ------------------------------------------------------------------------- files */

/** Load a model file; its self-test is run. The format is recognised by what the file holds:
 *
 *      safetensors, our own (self-test included) or with PyTorch's names for the tensors
 *      GuitarML and CoreAudioML JSON, PyTorch's tensors as JSON
 *      RTNeural, Keras and AIDA-X JSON
 *      NAM (.nam) with an LSTM; a folder stands for config.json and weights.npy of NAM 0.4
 *      plugin files of `tonecell install` and `tonecell bundle`, whose label the model gets; the
 *          record of the training is not in them
 *
 *  Errors: TC_IO and everything tc_model_read() says. */
enum tc_status tc_model_load(struct tc_model **model, const char *path, struct tc_error *error);

/** The same from memory. Errors: TC_BAD_FORMAT, TC_BAD_SHAPE, TC_BAD_VALUE, TC_UNSUPPORTED,
 *  TC_TOO_LARGE, TC_NO_MEMORY. */
enum tc_status tc_model_read(struct tc_model **model, const unsigned char *bytes, size_t size,
                             struct tc_error *error);

/** What a model file holds besides the model. */
struct tc_file_facts {
    const char *format;    /* "safetensors", "GuitarML", "PyTorch JSON", "Keras", "NAM", "plugin" */
    bool rate_assumed;     /* the model's sample_rate_assumed */
    double selftest_error; /* largest difference from the output stored in the file, divided by
                              max(1, its peak); NAN if none is stored */
    char warning[320];     /* clauses of a sentence on what is unusual; empty if nothing is */
};

/** tc_model_load() with facts, which may be NULL. */
enum tc_status tc_model_load_facts(struct tc_model **model, const char *path,
                                   struct tc_file_facts *facts, struct tc_error *error);

/** Save a model as safetensors with a self-test. The file is written under a temporary name in the
 *  same folder, synced and renamed: there is the old file or the new one, never half of either.
 *  Errors: TC_IO, TC_TOO_LARGE (a record of the training too long to be read again),
 *  TC_NO_MEMORY. */
enum tc_status tc_model_save(const struct tc_model *model, const char *path,
                             struct tc_error *error);

/** The file that tc_model_save() writes, in memory: *size bytes at *bytes, which is for free().
 *  Errors: TC_TOO_LARGE, TC_NO_MEMORY. */
enum tc_status tc_model_save_bytes(const struct tc_model *model, unsigned char **bytes,
                                   size_t *size, struct tc_error *error);

/** Write a model in another format, in the way of tc_model_save(). Knobs go from 0 to 1 there, and
 *  scales and gains that the format does not know into the weights; GuitarML, Keras and AIDA-X
 *  files have their names, ranges and initial values beside that, which tc_model_load() reads
 *  again. A sample rate that was only assumed is left out. NAM and ONNX keep the start state; NAM
 *  gets what silence leaves if that is 0. The other formats lose it: they start at 0. Errors:
 *  TC_UNSUPPORTED for what the format cannot hold, TC_BAD_ARGUMENT (a number that is no format),
 *  and as tc_model_save(). */
enum tc_status tc_model_export(const struct tc_model *model, enum tc_export format,
                               const char *path, struct tc_error *error);

/** The file that tc_model_export() writes, in memory: *size bytes at *bytes, which is for free().
 *  Errors: as tc_model_export(), but for TC_IO. */
enum tc_status tc_model_export_bytes(const struct tc_model *model, enum tc_export format,
                                     unsigned char **bytes, size_t *size, struct tc_error *error);

/** Replace a file's content in that way. `mode`, as for open(2), is that of a new file; an old one
 *  keeps its own, and links are followed. Errors: TC_IO. */
enum tc_status tc_file_replace(const char *path, const void *bytes, size_t size, unsigned mode,
                               struct tc_error *error);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
