#include "data/channels.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A channel so far below the loudest holds noise, or what the other one leaks into it. */
static const double silent_power = 1e-4; /* -40 dB */

/* Channels are alike if no more of one's power than this is not the other one times a gain. */
static const double alike_residual = 1e-3; /* -30 dB */

/* A louder channel is taken instead of an earlier one that is alike. */
static const double louder = 1.26; /* 1 dB */

/* ------------------------------------------------------------------------------ measures */

static double mean(const float *x, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; ++i)
        sum += (double)x[i];
    return sum / (double)n;
}

/* The covariance of two channels; of a channel with itself, its power without offset. */
static double covariance(const float *a, const float *b, size_t n)
{
    const double mean_a = mean(a, n), mean_b = mean(b, n);
    double sum = 0.0;

    for (size_t i = 0; i < n; ++i)
        sum += ((double)a[i] - mean_a) * ((double)b[i] - mean_b);
    return sum / (double)n;
}

/* With r the correlation coefficient, 1 - r^2 of a channel's power is not explained by the
 * other. */
static bool alike(const float *a, const float *b, size_t n, double *gain)
{
    const double ab = covariance(a, b, n), aa = covariance(a, a, n), bb = covariance(b, b, n);

    *gain = ab / aa;
    return aa > 0.0 && bb > 0.0 && ab * ab >= (1.0 - alike_residual) * aa * bb;
}

unsigned channels_find_input(const struct audio *input, const struct audio *target)
{
    const size_t n = input->n_frames < target->n_frames ? input->n_frames : target->n_frames;
    unsigned c = 0;
    double gain;

    while (c < target->channels && !alike(input->channel[0], target->channel[c], n, &gain))
        ++c;
    return c;
}

/* ------------------------------------------------------------------------------ choice */

/* Channel `from` becomes channel `to`, which is freed unless it is the same. */
static void move_channel(struct audio *audio, unsigned from, unsigned to)
{
    if (from == to)
        return;
    free(audio->channel[to]);
    audio->channel[to] = audio->channel[from];
    audio->channel[from] = NULL;
}

static void keep_one(struct audio *audio, unsigned channel, unsigned *number)
{
    move_channel(audio, channel, 0);
    for (unsigned c = 1; c < audio->channels; ++c)
        free(audio->channel[c]);
    audio->channels = 1;
    number[0] = channel + 1;
}

static void keep_mean(struct audio *audio, unsigned *number)
{
    for (size_t i = 0; i < audio->n_frames; ++i)
        audio->channel[0][i] = 0.5f * (audio->channel[0][i] + audio->channel[1][i]);
    keep_one(audio, 0, number);
    number[0] = 0;
}

/* What became of a channel. */
struct channel_fate {
    bool silent;
    unsigned like; /* the channel that stands for it: itself if it is used */
    double power, gain;
};

static void find_alike(const struct audio *audio, struct channel_fate *fate, unsigned c)
{
    for (unsigned other = 0; other < c; ++other) {
        double gain;

        if (fate[other].silent || fate[other].like != other ||
            !alike(audio->channel[other], audio->channel[c], audio->n_frames, &gain))
            continue;
        if (fate[c].power > louder * fate[other].power) {
            fate[other].like = c;
            fate[other].gain = 1.0 / gain;
        } else {
            fate[c].like = other;
            fate[c].gain = gain;
        }
    }
}

static void decide(const struct audio *audio, struct channel_fate *fate)
{
    unsigned loudest = 0;

    for (unsigned c = 0; c < audio->channels; ++c) {
        fate[c].power = covariance(audio->channel[c], audio->channel[c], audio->n_frames);
        loudest = fate[c].power > fate[loudest].power ? c : loudest;
    }
    for (unsigned c = 0; c < audio->channels; ++c) {
        fate[c].like = c;
        fate[c].silent = c != loudest && fate[c].power <= silent_power * fate[loudest].power;
    }
    for (unsigned c = 1; c < audio->channels; ++c)
        if (!fate[c].silent)
            find_alike(audio, fate, c);
}

/* Append to text[size]; what does not fit is left out. */
__attribute__((format(printf, 3, 4))) static void append(char *text, size_t size,
                                                         const char *format, ...)
{
    const size_t used = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

/* ", channel 2 is silent" and the like. */
static void append_fate(struct finding *f, const struct channel_fate *fate, unsigned c,
                        double loudest)
{
    append(f->what, sizeof f->what, ", channel %u is ", c + 1);
    if (fate[c].silent && fate[c].power > 0.0)
        append(f->what, sizeof f->what, "silent (%.0f dB below the loudest)",
               10.0 * log10(loudest / fate[c].power));
    else if (fate[c].silent)
        append(f->what, sizeof f->what, "silent");
    else
        append(f->what, sizeof f->what, "channel %u at %.1f dB%s", fate[c].like + 1,
               20.0 * log10(fabs(fate[c].gain)), fate[c].gain < 0.0 ? ", inverted" : "");
}

static bool is_used(const struct channel_fate *fate, unsigned c)
{
    return !fate[c].silent && fate[c].like == c;
}

static void report(const struct audio *audio, const struct channel_fate *fate, const char *path,
                   struct findings *findings)
{
    struct finding *const f = findings_add(findings, "channels", FINDING_NOTE, path);
    double loudest = 0.0;
    char used[64] = "";

    for (unsigned c = 0; c < audio->channels; ++c)
        loudest = fmax(loudest, fate[c].power);
    append(f->what, sizeof f->what, "%u channels", audio->channels);
    for (unsigned c = 0; c < audio->channels; ++c)
        if (is_used(fate, c))
            append(used, sizeof used, "%s%u", used[0] != '\0' ? ", " : "", c + 1);
        else
            append_fate(f, fate, c, loudest);
    if (strchr(used, ',') != NULL)
        append(f->action, sizeof f->action, "channels %s are used", used);
    else
        append(f->action, sizeof f->action, "channel %s is used", used);
}

static enum tc_status keep_distinct(struct audio *audio, const char *path, unsigned *number,
                                    struct findings *findings, struct tc_error *error)
{
    struct channel_fate *const fate = calloc(audio->channels, sizeof *fate);
    unsigned kept = 0;

    if (fate == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %u channels", audio->channels);
    decide(audio, fate);
    for (unsigned c = 0; c < audio->channels; ++c)
        kept += is_used(fate, c);
    if (kept < audio->channels)
        report(audio, fate, path, findings);
    kept = 0;
    for (unsigned c = 0; c < audio->channels; ++c)
        if (is_used(fate, c)) {
            move_channel(audio, c, kept);
            number[kept++] = c + 1;
        }
    for (unsigned c = kept; c < audio->channels; ++c)
        free(audio->channel[c]);
    audio->channels = kept;
    free(fate);
    return TC_OK;
}

enum tc_status channels_choose(struct audio *audio, enum channel_choice choice, bool is_target,
                               const char *path, unsigned *number, struct findings *findings,
                               struct tc_error *error)
{
    number[0] = 1;
    if (audio->channels == 1)
        return choice != CHANNEL_SPLIT
                   ? TC_OK
                   : tc_fail(error, TC_BAD_SHAPE, "has 1 channel, expected DRY and WET in two");
    switch (choice) {
    case CHANNEL_LEFT:
    case CHANNEL_RIGHT:
        keep_one(audio, choice == CHANNEL_RIGHT, number);
        break;
    case CHANNEL_SPLIT:
        keep_one(audio, is_target, number);
        break;
    case CHANNEL_MID:
        keep_mean(audio, number);
        break;
    case CHANNEL_AUTOMATIC:
        return keep_distinct(audio, path, number, findings, error);
    }
    return TC_OK;
}
