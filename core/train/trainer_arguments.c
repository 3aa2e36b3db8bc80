#include "train/trainer_arguments.h"

#include "memory.h"
#include "train/network/activations.h"
#include "train/network/stft_loss.h"

#include <math.h>
#include <stdlib.h>

/* OpenMP ends the program when it cannot start as many threads as it is told. */
enum { MAX_THREADS = 1024, MAX_TRUNCATE = 1 << 20, MAX_WARMUP = 1 << 20 };

static enum tc_status check_ends(const struct tc_train_options *o, struct tc_error *error)
{
    if (o->epochs < 1)
        return tc_fail(error, TC_BAD_ARGUMENT, "0 epochs, expected at least 1");
    if (o->patience < 1)
        return tc_fail(error, TC_BAD_ARGUMENT, "a patience of 0 validations, expected at least 1");
    if (!(o->time_limit_s >= 0.0))
        return tc_fail(error, TC_BAD_ARGUMENT, "a time limit of %g s, expected 0 or more",
                       o->time_limit_s);
    return TC_OK;
}

static enum tc_status check_recurrent(const struct tc_train_options *o, struct tc_error *error)
{
    if (o->initial > TC_INITIAL_UNIFORM)
        return tc_fail(error, TC_BAD_ARGUMENT, "unknown initialisation %d of recurrent matrices",
                       (int)o->initial);
    if (!(o->initial_scale > 0.0f && o->initial_scale <= 10.0f))
        return tc_fail(error, TC_BAD_ARGUMENT, "an initial scale of %g, expected (0, 10]",
                       o->initial_scale);
    if (o->recurrent > TC_RECURRENT_NORMALISED)
        return tc_fail(error, TC_BAD_ARGUMENT, "unknown form %d of recurrent matrices",
                       (int)o->recurrent);
    if (!(o->recurrent_rate > 0.0f && o->recurrent_rate <= 1.0f))
        return tc_fail(error, TC_BAD_ARGUMENT, "a recurrent rate of %g, expected (0, 1]",
                       o->recurrent_rate);
    if (!(o->negatives >= 0.0f && o->negatives <= 1.0f))
        return tc_fail(error, TC_BAD_ARGUMENT, "a fraction of negatives of %g, expected [0, 1]",
                       o->negatives);
    if (!(o->forget_bias >= -100.0f && o->forget_bias <= 100.0f))
        return tc_fail(error, TC_BAD_ARGUMENT, "a forget bias of %g, expected -100 to 100",
                       o->forget_bias);
    return TC_OK;
}

static enum tc_status check_start(const struct tc_train_options *o, struct tc_error *error)
{
    if ((unsigned)o->start > TC_START_LEARNED)
        return tc_fail(error, TC_BAD_ARGUMENT, "unknown start %d, expected 0 to %d", (int)o->start,
                       TC_START_LEARNED);
    if (o->segment_warmup && (o->segment_warmup < o->warmup || o->segment_warmup > MAX_WARMUP))
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "a warm-up of %u frames for segments, expected 0 or %u to %d",
                       o->segment_warmup, o->warmup, MAX_WARMUP);
    if (o->start == TC_START_LEARNED && (o->warmup || o->segment_warmup))
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "a learned start after a warm-up of %u frames, expected 0: no gradient "
                       "goes through it",
                       o->warmup ? o->warmup : o->segment_warmup);
    return TC_OK;
}

static enum tc_status check_random(const struct tc_train_options *o, struct tc_error *error)
{
    if (o->truncate < 2)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "random truncation after %u frames, expected 2 or more", o->truncate);
    if (o->tail != 0.0f && !(o->tail > 1.0f && isfinite(o->tail)))
        return tc_fail(error, TC_BAD_ARGUMENT, "a tail of %g, expected 0 or more than 1", o->tail);
    return TC_OK;
}

static enum tc_status check_truncation(const struct tc_train_options *o, struct tc_error *error)
{
    if (o->truncate < 1 || o->truncate > MAX_TRUNCATE)
        return tc_fail(error, TC_BAD_ARGUMENT, "chunks of %u frames, expected 1 to %d", o->truncate,
                       MAX_TRUNCATE);
    if ((unsigned)o->truncation > TC_TRUNCATION_FULL)
        return tc_fail(error, TC_BAD_ARGUMENT, "truncation %d, expected 0 to %d",
                       (int)o->truncation, TC_TRUNCATION_FULL);
    if (o->lookback && o->truncation != TC_TRUNCATION_FIXED)
        return tc_fail(error, TC_BAD_ARGUMENT, "a lookback is of fixed truncation only");
    if (o->lookback && (o->lookback < o->truncate || o->lookback > MAX_TRUNCATE))
        return tc_fail(error, TC_BAD_ARGUMENT, "a lookback of %u frames, expected %u to %d",
                       o->lookback, o->truncate, MAX_TRUNCATE);
    return o->truncation == TC_TRUNCATION_RANDOM ? check_random(o, error) : TC_OK;
}

static enum tc_status check_update(const struct tc_train_options *o, struct tc_error *error)
{
    if (!(o->learning_rate > 0.0f && o->learning_rate <= 1.0f))
        return tc_fail(error, TC_BAD_ARGUMENT, "a learning rate of %g, expected (0, 1]",
                       o->learning_rate);
    if (!(o->clip_norm >= 0.0f))
        return tc_fail(error, TC_BAD_ARGUMENT, "a clip norm of %g, expected 0 or more",
                       o->clip_norm);
    if ((unsigned)o->schedule > TC_SCHEDULE_CONSTANT)
        return tc_fail(error, TC_BAD_ARGUMENT, "unknown schedule %d of the learning rate",
                       (int)o->schedule);
    if ((unsigned)o->optimizer > TC_OPTIMIZER_SGD)
        return tc_fail(error, TC_BAD_ARGUMENT, "unknown optimiser %d, expected 0 to %d",
                       (int)o->optimizer, TC_OPTIMIZER_SGD);
    if (!(o->average >= 0.0f && o->average < 1.0f))
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "an average with a factor of %g, expected 0 to less "
                       "than 1",
                       o->average);
    if (o->average > 0.0f && o->batch_norm)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "an average of weights with batch normalisation, whose statistics are those "
                       "of the present weights: expected one of both");
    if (!(o->momentum >= 0.0f && o->momentum < 1.0f))
        return tc_fail(error, TC_BAD_ARGUMENT, "a momentum of %g, expected 0 to less than 1",
                       o->momentum);
    if (!(o->clip_value >= 0.0f))
        return tc_fail(error, TC_BAD_ARGUMENT, "a clip value of %g, expected 0 or more",
                       o->clip_value);
    if (!(o->weight_decay >= 0.0f && o->learning_rate * o->weight_decay < 1.0f))
        return tc_fail(error, TC_BAD_ARGUMENT, "a weight decay of %g, expected 0 to less than %g",
                       o->weight_decay, 1.0f / o->learning_rate);
    return TC_OK;
}

static enum tc_status check_loss(const struct tc_train_options *o, struct tc_error *error)
{
    if ((unsigned)o->loss > TC_LOSS_LOG_COSH)
        return tc_fail(error, TC_BAD_ARGUMENT, "unknown loss %d, expected 0 to %d", (int)o->loss,
                       TC_LOSS_LOG_COSH);
    if ((unsigned)o->pre_emphasis > TC_PRE_EMPHASIS_A_WEIGHTING)
        return tc_fail(error, TC_BAD_ARGUMENT, "unknown pre-emphasis %d, expected 0 to %d",
                       (int)o->pre_emphasis, TC_PRE_EMPHASIS_A_WEIGHTING);
    if (!(o->stft_weight >= 0.0f && isfinite(o->stft_weight)))
        return tc_fail(error, TC_BAD_ARGUMENT, "an STFT weight of %g, expected 0 or more",
                       o->stft_weight);
    if (o->stft_weight > 0.0f && o->truncate < TC_STFT_LONGEST)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "an STFT loss in chunks of %u frames, expected %d or more, its longest "
                       "window",
                       o->truncate, TC_STFT_LONGEST);
    if (!(o->dc_weight >= 0.0f && o->dc_weight < 1.0f))
        return tc_fail(error, TC_BAD_ARGUMENT, "a DC weight of %g, expected 0 to less than 1",
                       o->dc_weight);
    return TC_OK;
}

enum tc_status tc_train_options_check(const struct tc_train_options *o, struct tc_error *error)
{
    enum tc_status status;

    if (o->batch < 1 || o->batch > 4096)
        return tc_fail(error, TC_BAD_ARGUMENT, "a batch of %u, expected 1 to 4096", o->batch);
    if (!(o->dropout >= 0.0f && o->dropout <= 0.9f))
        return tc_fail(error, TC_BAD_ARGUMENT, "a dropout of %g, expected 0 to 0.9", o->dropout);
    if (o->threads > MAX_THREADS)
        return tc_fail(error, TC_BAD_ARGUMENT, "%u threads, expected at most %d", o->threads,
                       MAX_THREADS);
    status = check_truncation(o, error);
    if (!status)
        status = check_loss(o, error);
    if (!status)
        status = check_update(o, error);
    if (!status)
        status = check_recurrent(o, error);
    if (!status)
        status = check_start(o, error);
    if (status)
        return status;
    if (o->memory == 1 || o->memory > 1u << 20)
        return tc_fail(error, TC_BAD_ARGUMENT, "a memory of %u frames, expected 0 or 2 to %u",
                       o->memory, 1u << 20);
    return check_ends(o, error);
}

enum tc_status tc_train_model_check(const struct tc_architecture *arch,
                                    const struct tc_metadata *meta, struct tc_error *error)
{
    struct tc_model *model = NULL;
    size_t values;
    float *zeros;
    enum tc_status status = tc_architecture_check(arch, error);

    if (status)
        return status;
    tc_architecture_tensors(arch, NULL, &values);
    zeros = tc_floats_new(values);
    if (!zeros)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %zu parameters", values);
    status = tc_model_new(&model, arch, meta, zeros, error);
    tc_model_free(model);
    free(zeros);
    return status;
}

enum tc_status tc_train_network_check(const struct tc_architecture *arch,
                                      const struct tc_metadata *meta,
                                      const struct tc_train_options *options,
                                      struct tc_error *error)
{
    if (options->loss != TC_LOSS_ESR && arch->readout != TC_READOUT_LINEAR)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "loss %d of a readout that gives probabilities, expected %d: theirs is the "
                       "cross-entropy",
                       (int)options->loss, TC_LOSS_ESR);
    if (options->stft_weight > 0.0f && arch->readout != TC_READOUT_LINEAR)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "an STFT loss of probabilities, expected a linear readout");
    if (options->pre_emphasis && arch->readout != TC_READOUT_LINEAR)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "pre-emphasis of probabilities, expected a linear readout");
    if (options->pre_emphasis == TC_PRE_EMPHASIS_A_WEIGHTING && !(meta->sample_rate_hz > 0.0))
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "A-weighting of a model without a sample rate, expected one");
    if (options->batch_norm && arch->symbols)
        return tc_fail(error, TC_UNSUPPORTED,
                       "batch normalisation of an embedding, expected a network without symbols");
    return TC_OK;
}

static enum tc_status check_samples(const float *samples, size_t n, const char *set, size_t clip,
                                    const char *what, struct tc_error *error)
{
    for (size_t t = 0; t < n; ++t)
        if (!isfinite(samples[t]))
            return tc_fail(error, TC_BAD_VALUE, "%s clip %zu: %s frame %zu is %g", set, clip, what,
                           t, samples[t]);
    return TC_OK;
}

/* The symbols of a clip, of a network that has an input of them. */
static enum tc_status check_symbols(const struct tc_architecture *arch, const float *const *input,
                                    size_t n, const char *set, size_t clip, struct tc_error *error)
{
    const float *const symbol = arch->symbols ? input[arch->audio_inputs] : NULL;

    for (size_t t = 0; symbol && t < n; ++t)
        if (!(symbol[t] >= -1.0f && symbol[t] < (float)arch->symbols) ||
            symbol[t] != floorf(symbol[t]))
            return tc_fail(error, TC_BAD_VALUE,
                           "%s clip %zu: the symbol of frame %zu is %g, expected a whole number "
                           "from 0 to %u, or -1 for none",
                           set, clip, t, (double)symbol[t], arch->symbols - 1);
    return TC_OK;
}

static enum tc_status check_knobs(const struct tc_architecture *arch,
                                  const struct tc_metadata *meta, const struct tc_clip *clip,
                                  const char *set, size_t index, struct tc_error *error)
{
    for (unsigned k = 0; k < arch->knobs; ++k)
        if (!isfinite(clip->knob[k]))
            return tc_fail(error, TC_BAD_VALUE, "%s clip %zu: knob %s is %g", set, index,
                           meta->knob[k].name, clip->knob[k]);
    return TC_OK;
}

/* The control signal of a clip, which all clips have or none. */
static enum tc_status check_control(const struct tc_architecture *arch,
                                    const struct tc_metadata *meta, const struct tc_clip *clip,
                                    bool expected, const char *set, size_t index,
                                    struct tc_error *error)
{
    if (clip->control && (!meta->control[0] || arch->audio_inputs != 1))
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "%s clip %zu: a control signal, but the first knob is none", set, index);
    if (expected != (clip->control != NULL))
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "%s clip %zu: %s control signal, unlike the first clip", set, index,
                       expected ? "no" : "a");
    return expected ? check_samples(clip->control, clip->n_frames, set, index, "control", error)
                    : TC_OK;
}

static enum tc_status check_loss_from(const struct tc_clip *clip, const char *set, size_t index,
                                      struct tc_error *error)
{
    if (clip->loss_from && !clip->whole)
        return tc_fail(
            error, TC_BAD_ARGUMENT,
            "%s clip %zu: loss from frame %zu on, expected 0 in a clip that is not whole", set,
            index, clip->loss_from);
    if (clip->loss_from && clip->loss_from >= clip->n_frames)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "%s clip %zu: loss from frame %zu on, expected one of its %zu frames", set,
                       index, clip->loss_from, clip->n_frames);
    return TC_OK;
}

/* That each frame with loss has probabilities to learn. */
static enum tc_status check_probabilities(const struct tc_architecture *arch,
                                          const struct tc_clip *clip, const char *set, size_t index,
                                          struct tc_error *error)
{
    for (size_t t = clip->loss_from; t < clip->n_frames; ++t) {
        double sum = 0.0;

        for (unsigned o = 0; o < arch->outputs; ++o) {
            const double p = (double)clip->target[o][t];

            sum += p;
            if (!(p >= 0.0 && p <= 1.0))
                return tc_fail(error, TC_BAD_VALUE,
                               "%s clip %zu: target frame %zu is %g, expected a probability", set,
                               index, t, p);
        }
        if (arch->readout == TC_READOUT_SOFTMAX && !(fabs(sum - 1.0) <= 1e-4))
            return tc_fail(error, TC_BAD_VALUE,
                           "%s clip %zu: targets of frame %zu add up to %g, expected 1", set, index,
                           t, sum);
    }
    return TC_OK;
}

static enum tc_status check_pair(const struct tc_architecture *encoder,
                                 const struct tc_architecture *decoder,
                                 const struct tc_train_options *options, struct tc_error *error)
{
    if (encoder->knobs)
        return tc_fail(error, TC_BAD_ARGUMENT, "an encoder with %u knobs, expected none",
                       encoder->knobs);
    if (encoder->layers != decoder->layers)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "an encoder of %u layers, expected %u as the decoder's", encoder->layers,
                       decoder->layers);
    for (unsigned l = 0; l < decoder->layers; ++l)
        if (encoder->layer[l].cell != decoder->layer[l].cell ||
            encoder->layer[l].hidden != decoder->layer[l].hidden)
            return tc_fail(error, TC_BAD_ARGUMENT,
                           "layer %u of the encoder is %s of %u units, expected %s of %u as the "
                           "decoder's",
                           l, tc_cell_name(encoder->layer[l].cell), encoder->layer[l].hidden,
                           tc_cell_name(decoder->layer[l].cell), decoder->layer[l].hidden);
    if (options->warmup || options->segment_warmup)
        return tc_fail(error, TC_BAD_ARGUMENT, "a warm-up of %u frames with an encoder, expected 0",
                       options->warmup ? options->warmup : options->segment_warmup);
    if (options->recurrent != TC_RECURRENT_FREE)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "constrained recurrent matrices, expected free ones with an encoder");
    if (options->start == TC_START_LEARNED)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "a learned start, expected none where an encoder gives it");
    return TC_OK;
}

enum { MOST_CONTEXT = 1 << 20 }; /* frames, as in a chunk */

static enum tc_status check_contexts(const struct tc_architecture *encoder, size_t n_frames,
                                     const struct tc_clip *clips, size_t n, const char *set,
                                     struct tc_error *error)
{
    enum tc_status status = TC_OK;

    if (n_frames < 1 || n_frames > MOST_CONTEXT)
        return tc_fail(error, TC_BAD_ARGUMENT, "contexts of %zu frames, expected 1 to %d", n_frames,
                       MOST_CONTEXT);
    for (size_t c = 0; !status && c < n; ++c) {
        if (!clips[c].whole)
            return tc_fail(error, TC_BAD_ARGUMENT,
                           "%s clip %zu is not whole, expected sequences with an encoder", set, c);
        if (!clips[c].context || clips[c].n_context != n_frames)
            return tc_fail(error, TC_BAD_ARGUMENT,
                           "%s clip %zu has a context of %zu frames, expected %zu as the first's",
                           set, c, clips[c].context ? clips[c].n_context : 0, n_frames);
        for (unsigned a = 0; !status && a < encoder->audio_inputs; ++a)
            status = check_samples(clips[c].context[a], n_frames, set, c, "context", error);
        if (!status)
            status = check_symbols(encoder, clips[c].context, n_frames, set, c, error);
    }
    return status;
}

enum tc_status tc_train_encoder_check(const struct tc_architecture *encoder,
                                      const struct tc_architecture *decoder,
                                      const struct tc_train_options *options,
                                      const struct tc_clip *train, size_t n_train,
                                      const struct tc_clip *val, size_t n_val,
                                      struct tc_error *error)
{
    const size_t n_frames = train[0].n_context;
    struct tc_metadata none;
    enum tc_status status = check_pair(encoder, decoder, options, error);

    tc_metadata_init(&none);
    if (!status)
        status = tc_train_model_check(encoder, &none, error);
    if (!status)
        status = tc_activations_check(encoder, "trained", error);
    if (!status)
        status = check_contexts(encoder, n_frames, train, n_train, "training", error);
    if (!status)
        status = check_contexts(encoder, n_frames, val, n_val, "validation", error);
    return status;
}

enum tc_status tc_train_clips_check(const struct tc_architecture *arch,
                                    const struct tc_metadata *meta, const struct tc_clip *clips,
                                    size_t n, const char *set, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    if (!n)
        return tc_fail(error, TC_BAD_ARGUMENT, "no %s clips", set);
    for (size_t c = 0; !status && c < n; ++c) {
        status = check_knobs(arch, meta, &clips[c], set, c, error);
        if (!status)
            status = check_control(arch, meta, &clips[c], clips->control, set, c, error);
        if (!status)
            status = check_loss_from(&clips[c], set, c, error);
        for (unsigned a = 0; !status && a < arch->audio_inputs; ++a)
            status = check_samples(clips[c].input[a], clips[c].n_frames, set, c, "input", error);
        if (!status)
            status = check_symbols(arch, clips[c].input, clips[c].n_frames, set, c, error);
        for (unsigned o = 0; !status && o < arch->outputs; ++o)
            status = check_samples(clips[c].target[o], clips[c].n_frames, set, c, "target", error);
        if (!status && arch->readout != TC_READOUT_LINEAR)
            status = check_probabilities(arch, &clips[c], set, c, error);
    }
    return status;
}
