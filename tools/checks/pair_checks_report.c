#include "checks/pair_checks.h"

#include "report/esr.h"

#include <math.h>
#include <stdio.h>

/* ESR from which on noise is told, and from which on it is a fault. */
static const double told_esr = 3e-4, bad_esr = 3e-3;

static void report_noise(const struct pair_checks *c, const struct pair_place *place,
                         struct findings *findings)
{
    struct finding *f;

    if (isnan(c->lowest_esr) || c->lowest_esr < told_esr)
        return;
    f = findings_tell(findings, "noise", c->lowest_esr < bad_esr ? FINDING_NOTE : FINDING_WARNING,
                      place->target, "noise %.0f dB below the signal, which is not in %s",
                      -esr_db(c->lowest_esr), place->input);
    snprintf(f->action, sizeof f->action, "no model can reach an ESR below %.2g", c->lowest_esr);
}

static void report_hum(const struct pair_checks *c, const struct pair_place *place,
                       struct findings *findings)
{
    const double esr = c->hum.mains_hz > 0.0 ? c->hum.power / c->target_power : 0.0;
    struct finding *f;

    if (esr < 0.1 * told_esr)
        return;
    f = findings_tell(findings, "hum", esr < bad_esr ? FINDING_NOTE : FINDING_WARNING,
                      place->target, "hum of the %.0f Hz mains, %.0f dB below the signal",
                      c->hum.mains_hz, -esr_db(esr));
    snprintf(f->effect, sizeof f->effect, "no model can reach an ESR below %.2g", esr);
    snprintf(f->action, sizeof f->action, "look for a ground loop");
}

static void report_offset(const struct pair_checks *c, const struct pair_place *place,
                          struct findings *findings)
{
    struct finding *f;

    if (fabs(c->offset) < 0.005 || c->offset * c->offset < told_esr * c->target_power)
        return;
    f = findings_tell(findings, "offset", FINDING_NOTE, place->target,
                      "a constant offset of %+.3f of full scale", c->offset);
    snprintf(f->effect, sizeof f->effect, "the model gives it, too");
    snprintf(f->action, sizeof f->action, "the DC blocker removes it when the model plays");
}

static void report_level(const char *file, float peak_level, struct findings *findings)
{
    struct finding *f;

    if (peak_level >= 0.01f)
        return;
    f = findings_tell(findings, "level", FINDING_WARNING, file, "its loudest sample is at %.0f dB",
                      20.0 * log10((double)peak_level));
    snprintf(f->effect, sizeof f->effect, "noise and rounding weigh more");
    snprintf(f->action, sizeof f->action, "record at a higher level");
}

static void report_dropouts(const struct dropouts *d, const struct pair_place *place,
                            struct findings *findings)
{
    struct finding *f;

    if (d->n > 0) {
        const size_t frame = place->target_start + d->first;

        f = findings_tell(
            findings, "lost", FINDING_WARNING, place->target,
            "%zu gap%s in the signal, %.0f ms in all, the first at frame %zu (%.3f s)", d->n,
            d->n == 1 ? "" : "s", 1000.0 * (double)d->frames / place->rate_hz, frame,
            (double)frame / place->rate_hz);
        snprintf(f->effect, sizeof f->effect, "the model cannot know them");
        snprintf(f->action, sizeof f->action, "record again with larger buffers");
    }
    if (d->repeated.n > 0) {
        const size_t frame = place->target_start + d->repeated.first;

        f = findings_tell(
            findings, "repeated", FINDING_WARNING, place->target,
            "%zu block%s there twice, the first, of %zu frames, at frame %zu (%.3f s)",
            d->repeated.n, d->repeated.n == 1 ? " is" : "s are", d->repeated.frames, frame,
            (double)frame / place->rate_hz);
        snprintf(f->effect, sizeof f->effect, "what follows may be late");
        snprintf(f->action, sizeof f->action, "record again with larger buffers");
    }
}

/* A passage that sounds another time unlike the first, by more than noise. */
static void report_repeats(const struct pair_checks *c, const struct pair_place *place,
                           struct findings *findings)
{
    const double noise = isnan(c->noise_power) ? 0.0 : c->noise_power / c->target_power;
    struct finding *f;

    if (isnan(c->repeats.esr) || c->repeats.esr < bad_esr || c->repeats.esr < 4.0 * noise)
        return;
    f = findings_tell(findings, "varies", FINDING_WARNING, place->target,
                      "the passage at %.1f s, which the input repeats at %.1f s, sounds unlike the "
                      "first time (ESR %.2g)",
                      (double)(place->target_start + c->repeats.first) / place->rate_hz,
                      (double)(place->target_start + c->repeats.again) / place->rate_hz,
                      c->repeats.esr);
    snprintf(f->effect, sizeof f->effect, "a model gives the same each time");
    snprintf(f->action, sizeof f->action, "switch off modulation; let gear warm up");
}

static void report_decay(const struct decay *d, const struct pair_place *place,
                         struct findings *findings)
{
    struct finding *f;

    if (d->ring_s > 0.25) {
        f = findings_tell(findings, "reverb", FINDING_WARNING, place->target,
                          "rings on for %.2f s when the input stops, as rooms and echoes do",
                          d->ring_s);
        snprintf(f->effect, sizeof f->effect, "a recurrent network learns gear, not rooms");
        snprintf(f->action, sizeof f->action, "record without reverb and delay");
    }
    if (d->gate_db < -15.0) {
        f = findings_tell(findings, "gate", FINDING_WARNING, place->target,
                          "closes as a noise gate does: where the input is 25 dB below its loud "
                          "parts it is %.0f dB",
                          25.0 - d->gate_db);
        snprintf(f->effect, sizeof f->effect, "the model learns the gate, too");
        snprintf(f->action, sizeof f->action, "switch it off unless the model is to have it");
    }
}

static void report_direction(const struct direction *d, const struct pair_place *place,
                             struct findings *findings)
{
    struct finding *f;

    if (!d->swapped)
        return;
    f = findings_tell(
        findings, "swapped", FINDING_WARNING, place->target,
        "its level changes by %.2f dB for each dB of what a filter makes of %s, as if "
        "a compressor or a distortion were undone",
        d->forward.slope, place->input);
    snprintf(f->effect, sizeof f->effect, "the model would undo the gear");
    snprintf(f->action, sizeof f->action, "were DRY and WET given in the wrong order?");
}

void pair_checks_report(const struct pair_checks *checks, const struct pair_place *place,
                        struct findings *findings)
{
    report_level(place->input, checks->input_peak, findings);
    report_level(place->target, checks->target_peak, findings);
    report_offset(checks, place, findings);
    report_noise(checks, place, findings);
    report_hum(checks, place, findings);
    if (!checks->direction
             .swapped) /* what went into a device has rests where its output rings on */
        report_dropouts(&checks->dropouts, place, findings);
    report_repeats(checks, place, findings);
    report_decay(&checks->decay, place, findings);
    report_direction(&checks->direction, place, findings);
}
