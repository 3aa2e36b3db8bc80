/* Plays for hours of audio: input that repeats every hundredth of a second, so that the output
 * does, too, once it has settled, if neither the position in a rate conversion nor a state drifts.
 * */
#include "torture_checks.h"

#include <math.h>
#include <string.h>

#include "torture_host.h"

static float silent(double phase)
{
    return 0.0f * (float)phase;
}

static float denormal(double phase)
{
    return phase < 0.5 ? 1e-40f : -1e-40f;
}

static float full_scale(double phase)
{
    return phase < 0.5 ? 1.0f : -1.0f;
}

static float constant(double phase)
{
    return 0.5f + 0.0f * (float)phase;
}

static float sine(double phase)
{
    return 0.25f * (float)sin(2.0 * acos(-1.0) * 10.0 * phase);
}

/* Fill the inputs with n frames, one period, of a wave. */
static void fill_inputs(float (*wave)(double), size_t n)
{
    for (unsigned c = 0; c < audio_in.n; ++c)
        for (size_t t = 0; t < n; ++t)
            noise[c][t] = wave((double)t / (double)n);
}

/* -120 dB: the trace of the start decays below this while it settles. */
static bool has_drifted(size_t n, const char *what, double hours)
{
    for (unsigned c = 0; c < audio_out.n; ++c)
        for (size_t t = 0; t < n; ++t)
            if (!(fabsf(first[c][t] - second[c][t]) <= 1e-6f))
                return report_failure("%s: output %u was %.9g and is %.9g after %g hours", what, c,
                                      (double)first[c][t], (double)second[c][t], hours);
    return false;
}

static bool drifts(const char *what, float (*wave)(double), double hours)
{
    const size_t n = setting.rate_hz / 100;
    const unsigned long settling = 1000, blocks = settling + (unsigned long)(hours * 360000.0);
    struct instance *const instance = new_active_instance();
    const float *const latency = &instance->control[plugin->PortCount - 1];
    float stated;
    bool bad = false;

    fill_inputs(wave, n);
    run(instance, noise, first, 0, n);
    stated = *latency;
    for (unsigned long i = 1; i < blocks && !bad; ++i) {
        run(instance, noise, i <= settling ? first : second, 0, n);
        bad = (i > settling && has_drifted(n, what, (double)i / 360000.0)) || *latency != stated;
    }
    if (*latency != stated)
        report_failure("%s: the latency was %g and is %g", what, (double)stated, (double)*latency);
    free_instance(instance);
    return bad;
}

bool check_hours_of_levels(void)
{
    const double hours = long_hours / 24.0;

    return drifts("silence", silent, hours) || drifts("denormals", denormal, hours) ||
           drifts("full scale", full_scale, hours) || drifts("DC", constant, hours);
}

bool check_hours_of_sine(void)
{
    return drifts("sine", sine, long_hours);
}
