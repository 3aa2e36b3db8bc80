/* Tries what no list has: a random order of legal calls, with block sizes and values of controls
 * that change from call to call; and knobs that jump while a tone plays, which must not crackle. */
#include "torture_checks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "torture_host.h"

static float random_value(unsigned *state, unsigned long port)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 1e-40f, -0.0f, 3e38f};
    const LADSPA_PortRangeHint *const hint = &plugin->PortRangeHints[port];
    const float fraction = (float)random_below(state, 1001) / 1000.0f;

    if (random_below(state, 4) == 0)
        return odd[random_below(state, sizeof odd / sizeof *odd)];
    return hint->LowerBound + fraction * (hint->UpperBound - hint->LowerBound);
}

/* One of run(), run_adding(), and activate() after deactivate(); into other buffers or in place. */
static bool make_random_call(struct instance *instance, unsigned *state, float *const *in)
{
    const size_t n = random_below(state, N + 1) >> random_below(state, 14);
    float *const *const out = random_below(state, 2) ? first : in;

    for (unsigned c = 0; c < audio_in.n; ++c)
        memcpy(in[c], noise[c], n * sizeof *in[c]);
    for (unsigned i = 0; i < control_in.n; ++i)
        if (random_below(state, 4) == 0)
            instance->control[control_in.port[i]] = random_value(state, control_in.port[i]);
    if (random_below(state, 20) == 0) {
        deactivate(instance);
        activate(instance);
    }
    run(instance, in, out, 0, n);
    if (plugin->run_adding && random_below(state, 2))
        plugin->run_adding(instance->handle, n);
    return has_bad_samples(out, n, "random calls");
}

bool check_random_calls(void)
{
    enum { CALLS = 600 };
    struct instance *const instance = new_active_instance();
    float *in[MAX_PORTS];
    unsigned state = 1;
    bool bad = false;

    for (unsigned c = 0; c < audio_in.n; ++c)
        in[c] = calloc(N, sizeof(float));
    for (unsigned i = 0; i < CALLS && !bad; ++i)
        bad = make_random_call(instance, &state, in);
    return bad;
}

/* A high-pass, (-1)^k times a windowed low-pass, that leaves what clicks have and a low tone has
 * not. */
enum { TAPS = 64 };

static void fill_highpass(float tap[TAPS])
{
    for (int k = 0; k < TAPS; ++k) {
        const double t = k - (TAPS - 1) / 2.0, cutoff = 0.3, pi = acos(-1.0);

        tap[k] = (float)((k % 2 ? -1.0 : 1.0) * sin(pi * cutoff * t) / (pi * t) *
                         (0.5 + 0.5 * cos(2.0 * pi * t / TAPS)));
    }
}

/* Largest sample of x[TAPS - 1] .. x[TAPS - 2 + n] after the high-pass. */
static float largest_click(const float tap[TAPS], const float *x, size_t n)
{
    float largest = 0.0f;

    for (size_t t = 0; t < n; ++t) {
        float sum = 0.0f;

        for (size_t k = 0; k < TAPS; ++k)
            sum += tap[k] * x[t + k];
        largest = fmaxf(largest, fabsf(sum));
    }
    return largest;
}

/* The model's knobs are the ports before this one. */
static unsigned long count_knobs(void)
{
    unsigned long port = 0;

    while (port < plugin->PortCount && strcmp(plugin->PortNames[port], "Input gain (dB)") != 0)
        ++port;
    return port < plugin->PortCount ? port : 0;
}

/* There and back in 20 seconds. */
static float slow_ramp(double seconds)
{
    return (float)(1.0 - fabs(fmod(seconds, 20.0) / 10.0 - 1.0));
}

struct automation {
    bool jumps;
    unsigned state;
    unsigned long frame;
};

static void move_knobs(struct instance *instance, struct automation *automation)
{
    for (unsigned long p = 0; p < count_knobs(); ++p) {
        const LADSPA_PortRangeHint *const hint = &plugin->PortRangeHints[p];
        const float fraction = automation->jumps
                                   ? (float)random_below(&automation->state, 1001) / 1000.0f
                                   : slow_ramp((double)automation->frame / (double)setting.rate_hz);

        instance->control[p] = hint->LowerBound + fraction * (hint->UpperBound - hint->LowerBound);
    }
}

/* Play a low tone for so many seconds; the largest click of the first output, after the first
 * second. */
static float play_automation(double seconds, bool jumps)
{
    static float history[TAPS - 1 + N], tap[TAPS];
    const double step = 2.0 * acos(-1.0) * 110.0 / (double)setting.rate_hz;
    struct instance *const instance = new_active_instance();
    struct automation automation = {.jumps = jumps, .state = 1};
    float largest = 0.0f;

    fill_highpass(tap);
    while ((double)automation.frame < seconds * (double)setting.rate_hz) {
        const size_t n = jumps ? 1 + random_below(&automation.state, 4096) : 64;

        move_knobs(instance, &automation);
        for (unsigned c = 0; c < audio_in.n; ++c)
            for (size_t t = 0; t < n; ++t)
                second[c][t] = (float)(0.25 * sin(step * (double)(automation.frame + t)));
        run(instance, second, first, 0, n);
        memcpy(history + TAPS - 1, first[0], n * sizeof *history);
        if (automation.frame > setting.rate_hz)
            largest = fmaxf(largest, largest_click(tap, history, n));
        memmove(history, history + n, (TAPS - 1) * sizeof *history);
        automation.frame += n;
    }
    free_instance(instance);
    return largest;
}

/* Knobs that jump about click at most 60 dB below the tone louder than those that move slowly. */
static bool check_automation_of(double seconds)
{
    const float slow = count_knobs() ? play_automation(21.0, false) : 0.0f;
    const float random = count_knobs() ? play_automation(seconds, true) : 0.0f;

    if (random > slow + 0.25f * 1e-3f)
        return report_failure("clicks of %.3g where knobs jump, of %.3g where they move slowly",
                              (double)random, (double)slow);
    return false;
}

bool check_automation(void)
{
    return check_automation_of(20.0);
}

bool check_long_automation(void)
{
    return check_automation_of(600.0);
}
