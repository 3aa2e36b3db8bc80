#include "checks/delay_steps.h"

#include "measurement/quantile.h"
#include "tonecell-train.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static const double section_s = 3.0, aligned_s = 4.0, near_s = 1.0, far_s = 30.0;

static const double min_step = 16.0; /* frames */

enum { MIN_SECTIONS = 4, MAX_SECTIONS = MAX_DELAY_SECTIONS };

struct section_search {
    const float *input, *target;
    size_t n_input, n_target;
    double rate_hz, delay; /* delay: of the section before; NAN: none was found yet */
};

/* Delays of sections, NAN where they are not certain. */
struct sections {
    size_t n, length;
    double delay[MAX_SECTIONS];
};

/* Align frames start to start + length - 1 of the input, near the delay of the section before. */
static enum tc_status align(struct section_search *search, size_t start, size_t length,
                            double *delay, struct tc_error *error)
{
    const double reach = (isnan(search->delay) ? far_s : near_s) * search->rate_hz;
    const double middle = isnan(search->delay) ? 0.0 : search->delay;
    const double first = fmax((double)start + middle - reach, 0.0);
    const double last = fmin((double)(start + length) + middle + reach, (double)search->n_target);
    struct tc_alignment found;
    enum tc_status status;

    *delay = (double)NAN;
    if (last - first < 0.5 * (double)length)
        return TC_OK;
    status = tc_find_alignment(&(struct tc_align_clip){.input = search->input + start,
                                                       .target = search->target + (size_t)first,
                                                       .n_input = length,
                                                       .n_target = (size_t)(last - first)},
                               1, (size_t)(2.0 * reach), 0, &found, error);
    if (status != TC_OK || !found.certain)
        return status;
    *delay = search->delay = found.delay_frames + floor(first) - (double)start;
    return TC_OK;
}

static enum tc_status align_all(struct section_search *search, struct sections *sections,
                                struct tc_error *error)
{
    const double wanted = (double)search->n_input / (section_s * search->rate_hz);
    size_t aligned; /* frames of each */
    enum tc_status status = TC_OK;

    sections->n = wanted < MAX_SECTIONS ? (size_t)wanted : MAX_SECTIONS;
    sections->length = sections->n > 0 ? search->n_input / sections->n : 0;
    aligned = (size_t)fmin((double)sections->length, aligned_s * search->rate_hz);
    for (size_t i = 0; i < sections->n && status == TC_OK; ++i)
        status = align(search, i * sections->length, aligned, &sections->delay[i], error);
    return status;
}

/* The median change from one section to the next, which is that of a drift. */
static double usual_change(const struct sections *sections)
{
    double change[MAX_SECTIONS];
    size_t n = 0;

    for (size_t i = 0; i + 1 < sections->n; ++i)
        if (!isnan(sections->delay[i]) && !isnan(sections->delay[i + 1]))
            change[n++] = sections->delay[i + 1] - sections->delay[i];
    return n > 0 ? quantile(change, n, 0.5) : 0.0;
}

/* The next section from i on, in steps of `by`, whose delay is certain; MAX_SECTIONS: none. */
static size_t next_certain(const struct sections *sections, size_t i, int by)
{
    while (i < sections->n && isnan(sections->delay[i]))
        i += (size_t)by; /* wraps around below 0 */
    return i < sections->n ? i : MAX_SECTIONS;
}

/* By how much the delay changes from section a to section b beyond a drift. */
static double change_between(const struct sections *sections, size_t a, size_t b, double drift)
{
    return sections->delay[b] - sections->delay[a] - ((double)b - (double)a) * drift;
}

/* Another section beside it says the same: a single one may be wrong. */
static bool is_confirmed(const struct sections *sections, size_t section, int by, double drift)
{
    const size_t beside = next_certain(sections, section + (size_t)by, by);

    return beside != MAX_SECTIONS &&
           fabs(change_between(sections, section, beside, drift)) < min_step;
}

static void find_steps(const struct sections *sections, double rate_hz, struct delay_steps *steps)
{
    const double section_length = (double)sections->length / rate_hz;
    const double drift = usual_change(sections);
    size_t before = next_certain(sections, 0, 1);

    while (before != MAX_SECTIONS && steps->n < MAX_DELAY_STEPS) {
        const size_t after = next_certain(sections, before + 1, 1);
        double step;

        if (after == MAX_SECTIONS)
            return;
        step = change_between(sections, before, after, drift);
        if (fabs(step) >= min_step && is_confirmed(sections, before, -1, drift) &&
            is_confirmed(sections, after, 1, drift))
            steps->step[steps->n++] =
                (struct delay_step){.after_s = (double)before * section_length,
                                    .before_s = (double)(after + 1) * section_length,
                                    .frames = lround(step)};
        before = after;
    }
}

enum tc_status delay_steps_find(const float *input, size_t n_input, const float *target,
                                size_t n_target, double rate_hz, double delay,
                                struct delay_steps *steps, struct tc_error *error)
{
    struct section_search search = {input, target, n_input, n_target, rate_hz, delay};
    struct sections sections = {0};
    enum tc_status status = align_all(&search, &sections, error);

    *steps = (struct delay_steps){.n_sections = sections.n,
                                  .section_s = (double)sections.length / rate_hz};
    memcpy(steps->section_delay, sections.delay, sections.n * sizeof *sections.delay);
    if (status == TC_OK && sections.n >= MIN_SECTIONS)
        find_steps(&sections, rate_hz, steps);
    return status;
}
