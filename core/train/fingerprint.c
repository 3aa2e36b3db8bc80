#include "train/fingerprint.h"

#include "formats/architecture_json.h"
#include "formats/json.h"
#include "formats/metadata.h"
#include "model/network_input.h"
#include "train/trainer.h"

#include <stdlib.h>
#include <string.h>

/* From: Fowler, Noll & Vo (FNV-1a), taking 64 bits at a time where there are so many. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *const b = bytes;
    size_t i = 0;
    uint64_t word;

    for (; i + sizeof word <= size; i += sizeof word) {
        memcpy(&word, b + i, sizeof word);
        hash = (hash ^ word) * UINT64_C(1099511628211);
        hash ^= hash >> 32; /* upper bits of a word reach lower ones of the result */
    }
    for (; i < size; ++i)
        hash = (hash ^ b[i]) * UINT64_C(1099511628211);
    return hash;
}

#define MIX(hash, value) mix(hash, &(value), sizeof(value))

static const uint64_t start = UINT64_C(14695981039346656037);

/* ------------------------------------------------------------------ network */

static enum tc_status mix_json(uint64_t *hash, json_t *json, struct tc_error *error)
{
    char *const text = tc_json_dump(json, JSON_COMPACT | JSON_SORT_KEYS);

    json_decref(json);
    if (!text)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a fingerprint");
    *hash = mix(*hash, text, strlen(text));
    free(text);
    return TC_OK;
}

static enum tc_status network(const struct tc_trainer *trainer, uint64_t *hash,
                              struct tc_error *error)
{
    enum tc_status status;

    *hash = MIX(MIX(start, trainer->in_gain), trainer->target_gain);
    *hash = mix(*hash, trainer->meta.control, strlen(trainer->meta.control));
    status = mix_json(hash, tc_architecture_to_json(&trainer->arch), error);
    if (!status && trainer->arch.knobs)
        status = mix_json(hash, tc_knobs_to_json(&trainer->meta, trainer->arch.knobs), error);
    if (!status && trainer->encoder)
        status = mix_json(hash, tc_architecture_to_json(&trainer->encoder->arch), error);
    return status;
}

/* ------------------------------------------------------------------ options */

/* Of the loss and the update. */
static uint64_t mix_loss(uint64_t hash, const struct tc_train_options *o)
{
    const uint64_t loss[] = {o->loss, o->pre_emphasis};
    const float real[] = {o->dc_weight, o->momentum, o->average, o->stft_weight};

    return MIX(MIX(hash, loss), real);
}

static uint64_t options(const struct tc_train_options *o)
{
    const uint64_t whole[] = {o->batch,
                              o->warmup,
                              o->segment_warmup,
                              o->truncate,
                              (uint64_t)o->truncation,
                              o->lookback,
                              (uint64_t)o->schedule,
                              o->schedule == TC_SCHEDULE_COSINE ? o->epochs : 0,
                              o->batch_norm,
                              o->seed,
                              (uint64_t)o->optimizer,
                              o->memory,
                              (uint64_t)o->initial,
                              (uint64_t)o->recurrent,
                              (uint64_t)o->start};
    const float real[] = {o->tail,         o->recurrent_rate, o->negatives,  o->forget_bias,
                          o->dropout,      o->learning_rate,  o->clip_value, o->clip_norm,
                          o->weight_decay, o->initial_scale};

    return mix_loss(MIX(MIX(start, whole), real), o);
}

/* ------------------------------------------------------------------ clips */

static uint64_t mix_buffers(uint64_t hash, const float *const *buffer, size_t n, size_t n_frames)
{
    for (size_t i = 0; i < n; ++i)
        hash = mix(hash, buffer[i], n_frames * sizeof **buffer);
    return hash;
}

static uint64_t mix_clip(uint64_t hash, const struct tc_trainer *trainer,
                         const struct tc_clip *clip)
{
    hash = MIX(MIX(MIX(hash, clip->n_frames), clip->loss_from), clip->whole);
    hash = mix(hash, clip->knob, trainer->arch.knobs * sizeof *clip->knob);
    hash = mix_buffers(hash, clip->input, tc_input_buffers(&trainer->arch), clip->n_frames);
    hash = mix_buffers(hash, clip->target, trainer->arch.outputs, clip->n_frames);
    if (clip->control)
        hash = mix_buffers(hash, &clip->control, 1, clip->n_frames);
    if (clip->ignored)
        hash = mix(hash, clip->ignored, clip->n_frames * sizeof *clip->ignored);
    if (trainer->encoder)
        hash = mix_buffers(hash, clip->context, tc_input_buffers(&trainer->encoder->arch),
                           clip->n_context);
    return hash;
}

static uint64_t clips(const struct tc_trainer *trainer)
{
    uint64_t hash = MIX(start, trainer->n_train);

    for (size_t c = 0; c < trainer->n_train; ++c)
        hash = mix_clip(hash, trainer, &trainer->train[c]);
    for (size_t c = 0; c < trainer->n_val; ++c)
        hash = mix_clip(hash, trainer, &trainer->val[c]);
    return hash;
}

enum tc_status tc_fingerprints(const struct tc_trainer *trainer, uint64_t print[TC_FINGERPRINTS],
                               struct tc_error *error)
{
    print[TC_FINGERPRINT_OPTIONS] = options(&trainer->options);
    print[TC_FINGERPRINT_CLIPS] = clips(trainer);
    return network(trainer, &print[TC_FINGERPRINT_NETWORK], error);
}
