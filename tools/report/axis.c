#include "report/axis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

double axis_position(double value, double min, double max, bool linear)
{
    return linear ? (value - min) / (max - min) : log(value / min) / log(max / min);
}

bool axis_has(double value, bool linear)
{
    return isfinite(value) && (linear || value > 0.0);
}

/* 1, 2 or 5 times a power of ten: about six of them in a range. */
static double round_step(double range)
{
    const double power = pow(10.0, floor(log10(range / 6.0)));
    const double digit = range / 6.0 / power;

    return power * (digit < 1.5 ? 1.0 : digit < 3.5 ? 2.0 : digit < 7.5 ? 5.0 : 10.0);
}

static unsigned round_ticks(double min, double max, struct axis_tick tick[AXIS_MAX_TICKS])
{
    const double step = round_step(max - min);
    unsigned n = 0;

    for (double k = ceil(min / step - 1e-9); k * step <= max + 1e-9 * step && n < AXIS_MAX_TICKS;
         k += 1.0) {
        tick[n].value = k * step + 0.0; /* not -0 */
        snprintf(tick[n].text, sizeof tick->text, "%g", tick[n].value);
        ++n;
    }
    return n;
}

/* The first power of ten that is not below a value, rounding aside. */
static int first_power(double value)
{
    return (int)ceil(log10(value) - 1e-9);
}

static void set_power(struct axis_tick *tick, double digit, int exponent, enum axis_text form)
{
    tick->value = digit * pow(10.0, exponent);
    if (form == AXIS_SHORT && abs(exponent) > 3)
        snprintf(tick->text, sizeof tick->text, "%.0fe%d", digit, exponent);
    else if (form == AXIS_SHORT)
        snprintf(tick->text, sizeof tick->text, "%g", tick->value);
    else
        snprintf(tick->text, sizeof tick->text, "%.*f", exponent < 0 ? -exponent : 0, tick->value);
}

static unsigned power_ticks(double min, double max, enum axis_text form,
                            struct axis_tick tick[AXIS_MAX_TICKS])
{
    static const double digits[] = {1.0, 2.0, 5.0};
    const int first = first_power(min);
    const bool few = pow(10.0, first + 2) > max;
    unsigned n = 0;

    for (int e = few ? first - 1 : first; pow(10.0, e) <= max; ++e)
        for (unsigned d = 0; d < (few ? 3 : 1) && n < AXIS_MAX_TICKS; ++d) {
            set_power(&tick[n], digits[d], e, form);
            if (tick[n].value >= min * (1.0 - 1e-9) && tick[n].value <= max)
                ++n;
        }
    return n;
}

unsigned axis_ticks(double min, double max, bool linear, enum axis_text form,
                    struct axis_tick tick[AXIS_MAX_TICKS])
{
    return linear ? round_ticks(min, max, tick) : power_ticks(min, max, form, tick);
}
