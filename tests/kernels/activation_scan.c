#include "activation_scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/support.h"

#define INFINITY_BITS 0x7f800000u
#define SIGN_BIT 0x80000000u

enum { USUAL_STRIDE = 4099 }; /* prime, so that every binade has other mantissas */

enum { PLUS, MINUS, SIGNS };

/* Values of both signs, and their activations. */
struct activation_values {
    size_t n; /* values in use; the others are 0 */
    float in[SIGNS][SCAN_VALUES], out[SIGNS][SCAN_VALUES];
};

static float from_bits(uint32_t bits)
{
    float v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

/* The next bits to test, in ascending order: by the stride, and the ends of every binade. */
static uint32_t next_bits(uint32_t bits, uint32_t stride)
{
    const uint32_t edge = (bits | 0x7fffffu) + 1u, strided = (bits / stride + 1u) * stride;
    const uint32_t before_edge = edge - 1u, after_edge = (bits & ~0x7fffffu) + 1u;
    uint32_t next = strided < edge ? strided : edge;

    if (bits < before_edge && before_edge < next)
        next = before_edge;
    if (bits < after_edge && after_edge < next)
        next = after_edge;
    return next;
}

/* Activate the values to test from `bits` on and below `end`; returns the bits to continue from. */
static uint32_t fill(struct activation_values *values, const struct scanned *scanned, uint32_t bits,
                     uint32_t end, uint32_t stride)
{
    memset(values, 0, sizeof *values);
    for (; values->n < SCAN_VALUES && bits < end; bits = next_bits(bits, stride)) {
        values->in[PLUS][values->n] = from_bits(bits);
        values->in[MINUS][values->n++] = from_bits(bits | SIGN_BIT);
    }
    for (unsigned sign = 0; sign < SIGNS; ++sign)
        scanned->activate(scanned->self, values->in[sign], values->out[sign]);
    return bits;
}

/* tanh v of v >= 0 to 1e-15: outside these limits by its series and 1, which are faster. */
static double exact_tanh(double v)
{
    return v < 1e-3 ? v - v * v * v / 3.0 : v > 20.0 ? 1.0 : tanh(v);
}

/* The function is middle +- swing at v and -v. */
static double middle(const struct scanned *scanned)
{
    return scanned->activation == TC_TANH ? 0.0 : 0.5;
}

static double swing(const struct scanned *scanned, double v)
{
    return scanned->activation == TC_TANH ? exact_tanh(v) : 0.5 * exact_tanh(0.5 * v);
}

/* Fails, naming function and input. */
#define scan_require(condition, scanned, in, out)                                           \
    support_require(condition, "%s: %s(%.9g) is %.9g, against: %s", (scanned)->name,        \
                    tc_activation_name((scanned)->activation), (double)(in), (double)(out), \
                    #condition)

static void check_value(const struct scanned *scanned, const struct activation_values *values,
                        size_t i)
{
    const double v = (double)values->in[PLUS][i], exact = swing(scanned, v);
    const double plus = (double)values->out[PLUS][i] - middle(scanned);
    const double minus = (double)values->out[MINUS][i] - middle(scanned);
    const double limit = (scanned->activation == TC_TANH ? 1.0 : 0.5) + scanned->beyond;

    scan_require(fabs(plus - exact) <= scanned->error, scanned, v, values->out[PLUS][i]);
    scan_require(fabs(minus + exact) <= scanned->error, scanned, -v, values->out[MINUS][i]);
    scan_require(plus <= limit, scanned, v, values->out[PLUS][i]);
    scan_require(minus >= -limit, scanned, -v, values->out[MINUS][i]);
    if (scanned->activation == TC_TANH || v == 0.0)
        scan_require(minus == -plus, scanned, -v, values->out[MINUS][i]);
}

/* Monotonic except for a ripple: at limit `fall` below the highest value so far, or above the
 * lowest so far for the negative inputs. */
static void check_monotonic(const struct scanned *scanned, const struct activation_values *values,
                            float extreme[])
{
    for (size_t i = 0; i < values->n; ++i) {
        const float plus = values->out[PLUS][i], minus = values->out[MINUS][i];

        extreme[PLUS] = fmaxf(extreme[PLUS], plus);
        extreme[MINUS] = fminf(extreme[MINUS], minus);
        scan_require((double)(extreme[PLUS] - plus) <= scanned->fall, scanned, values->in[PLUS][i],
                     plus);
        scan_require((double)(minus - extreme[MINUS]) <= scanned->fall, scanned,
                     values->in[MINUS][i], minus);
    }
}

static void scan_finite(const struct scanned *scanned, uint32_t stride)
{
    float extreme[SIGNS] = {-INFINITY, INFINITY};
    struct activation_values values;
    uint32_t bits = 0;

    while (bits < INFINITY_BITS) {
        const bool starts = bits == 0;

        bits = fill(&values, scanned, bits, INFINITY_BITS, stride);
        for (size_t i = 0; i < values.n; ++i)
            check_value(scanned, &values, i);
        if (starts)
            scan_require((double)values.out[PLUS][0] == middle(scanned), scanned, 0.0f,
                         values.out[PLUS][0]);
        check_monotonic(scanned, &values, extreme);
    }
}

static void scan_nan(const struct scanned *scanned, uint32_t stride)
{
    struct activation_values values;
    uint32_t bits = INFINITY_BITS + 1;

    while (bits < SIGN_BIT) {
        bits = fill(&values, scanned, bits, SIGN_BIT, stride);
        for (size_t i = 0; i < values.n; ++i)
            for (unsigned sign = 0; sign < SIGNS; ++sign)
                scan_require(isnan(values.out[sign][i]), scanned, values.in[sign][i],
                             values.out[sign][i]);
    }
}

static void scan_infinity(const struct scanned *scanned)
{
    struct activation_values values;

    fill(&values, scanned, INFINITY_BITS, INFINITY_BITS + 1, 1);
    check_value(scanned, &values, 0);
}

void scan_activation(const struct scanned *scanned)
{
    const char *const given = getenv("SCAN_STRIDE");
    const uint32_t stride = given ? (uint32_t)strtoul(given, NULL, 10) : USUAL_STRIDE;

    ck_assert_uint_gt(stride, 0);
    scan_finite(scanned, stride);
    scan_infinity(scanned);
    scan_nan(scanned, stride);
}
