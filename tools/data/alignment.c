#include "data/alignment.h"

#include "cli/talk.h"

#include <math.h>

/* A peak that early is as likely the device's own filtering as a late recording. A model that is
 * causal plays a few frames of delay at no cost, but frames it has not heard yet it can never
 * know: such targets stay where they are. */
enum { OWN_DELAY_FRAMES = 8 };

/* Below this the highest peak might be any of several. */
static const double least_confidence = 1.25;

/* The delays looked for. */
static const double search_seconds = 0.5;

static void say_delay(const struct dataset_pair *pair, const struct tc_alignment *found)
{
    const char *const polarity = pair->inverted ? ", polarity inverted" : "";

    if (found->confidence < least_confidence)
        talk_warn(pair->target->path,
                  "no clear delay (peak of %ld frames only %.2f times the next): left as it is",
                  found->delay_frames, found->confidence);
    else if (found->delay_frames != pair->delay)
        talk_say(pair->target->path, "delay 0 frames (peak at %ld, no more than a filter's)%s",
                 found->delay_frames, polarity);
    else
        talk_say(pair->target->path, "delay %ld frames%s%s", pair->delay,
                 pair->delay < 0   ? " (early), undone"
                 : pair->delay > 0 ? " (late), undone"
                                   : "",
                 polarity);
}

enum tc_status alignment_find(struct dataset_pair *pair, const struct dataset_request *request,
                              struct tc_error *error)
{
    const size_t n = (size_t)(pair->stop - pair->start);
    const double rate_hz = pair->input->audio.rate_hz;
    const bool measure = !request->no_align && isnan(request->delay);
    struct tc_alignment found;
    struct tc_error inner;
    const enum tc_status status = tc_find_delay(pair->input->audio.channel[0] + pair->start,
                                                pair->target->audio.channel[0] + pair->start, n,
                                                (size_t)(rate_hz * search_seconds), &found, &inner);

    if (status != TC_OK)
        return tc_fail(error, status, "%s: %s", pair->target->path, inner.message);
    pair->confidence = found.confidence;
    pair->inverted = found.inverted && found.confidence >= least_confidence;
    pair->measured = measure && found.confidence >= least_confidence;
    if (!isnan(request->delay))
        pair->delay = lround(request->delay);
    else if (pair->measured && (found.delay_frames < 0 || found.delay_frames > OWN_DELAY_FRAMES))
        pair->delay = found.delay_frames;
    if (measure && pair->needed)
        say_delay(pair, &found);
    return TC_OK;
}

void alignment_join_polarity(struct dataset *data)
{
    double upright = 0.0, inverted = 0.0;

    for (size_t i = 0; i < data->n_pairs; ++i) {
        const struct dataset_pair *const pair = &data->pair[i];

        *(pair->inverted ? &inverted : &upright) += (double)(pair->stop - pair->start);
    }
    data->inverted = inverted > upright;
    if (inverted > 0.0 && upright > 0.0)
        talk_warn(NULL,
                  "the recordings disagree about polarity: %.0f %% of the frames are inverted",
                  100.0 * inverted / (inverted + upright));
}
