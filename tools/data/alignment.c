#include "data/alignment.h"

#include "cli/talk.h"
#include "tonecell-train.h"

#include <math.h>

/* A peak this early is as likely the device's own filtering as a late recording. A causal model can
 * learn a few frames of delay at no cost, but cannot know future frames: such targets are not
 * moved. */
enum { OWN_DELAY_FRAMES = 8 };

/* Below this the highest peak might be any of several. */
static const double min_confidence = 1.25;

/* The largest delay that is searched for. */
static const double max_delay_s = 0.5;

static void report_delay(const struct recording_pair *pair, const struct tc_alignment *found)
{
    const char *const polarity = pair->inverted ? ", polarity inverted" : "";

    if (found->confidence < min_confidence)
        talk_warn(pair->target->path,
                  "no clear delay (peak of %ld frames only %.2f times the next): left as it is",
                  found->delay_frames, found->confidence);
    else if (found->delay_frames != pair->delay)
        talk_say(pair->target->path, "delay 0 frames (peak at %ld, no more than a filter's)%s",
                 found->delay_frames, polarity);
    else
        talk_say(pair->target->path, "delay %ld frames%s%s", pair->delay,
                 pair->delay < 0   ? " (early), compensated"
                 : pair->delay > 0 ? " (late), compensated"
                                   : "",
                 polarity);
}

enum tc_status alignment_find(struct recording_pair *pair, bool align, double delay,
                              struct tc_error *error)
{
    const size_t n = (size_t)(pair->stop - pair->start);
    const double rate_hz = pair->input->audio.rate_hz;
    const bool measure = align && isnan(delay);
    struct tc_alignment found;
    struct tc_error inner;
    const enum tc_status status = tc_find_delay(pair->input->audio.channel[0] + pair->start,
                                                pair->target->audio.channel[0] + pair->start, n,
                                                (size_t)(rate_hz * max_delay_s), &found, &inner);

    if (status != TC_OK)
        return tc_fail(error, status, "%s: %s", pair->target->path, inner.message);
    pair->confidence = found.confidence;
    pair->inverted = found.inverted && found.confidence >= min_confidence;
    pair->measured = measure && found.confidence >= min_confidence;
    if (!isnan(delay))
        pair->delay = lround(delay);
    else if (pair->measured && (found.delay_frames < 0 || found.delay_frames > OWN_DELAY_FRAMES))
        pair->delay = found.delay_frames;
    if (measure && pair->needed)
        report_delay(pair, &found);
    return TC_OK;
}

void alignment_check_polarity(const struct recordings *recordings)
{
    double upright = 0.0, inverted = 0.0;

    for (size_t i = 0; i < recordings->n_pairs; ++i) {
        const struct recording_pair *const pair = &recordings->pair[i];

        *(pair->inverted ? &inverted : &upright) += (double)(pair->stop - pair->start);
    }
    if (inverted > 0.0 && upright > 0.0)
        talk_warn(NULL,
                  "the recordings disagree about polarity: %.0f %% of the frames are inverted",
                  100.0 * inverted / (inverted + upright));
}
