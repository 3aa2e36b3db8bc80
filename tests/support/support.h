/** @file
 *  What the tests of the core share: repeatable random numbers, networks to try, a runner. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <check.h>

#include "tonecell.h"

/** Repeatable random numbers; any seed. */
struct support_random {
    uint64_t state;
};

uint64_t support_bits(struct support_random *random);
float support_uniform(struct support_random *random, float low, float high);
void support_fill(struct support_random *random, float *values, size_t n, float low, float high);

/** One network to try. */
struct support_network {
    const char *name;
    struct tc_architecture arch;
};

/** Every cell and activation, one to three layers of different widths, several inputs and outputs,
 *  knobs, both signs of the direct path, every readout. */
extern const struct support_network support_networks[];
/** Those that can be trained are the first. */
enum { SUPPORT_NETWORKS = 26, SUPPORT_TRAINED = 24 };

/** Random parameters as a training would start from, but with h0 and c0 away from zero too. The
 *  caller frees them. */
float *support_parameters(const struct tc_architecture *arch, uint64_t seed, size_t *n);

/** A model of such parameters whose knobs reach from 0 to 1 and give the network -1 to 1. */
struct tc_model *support_model(const struct tc_architecture *arch, uint64_t seed);

/** The same with parameters of the caller's. */
struct tc_model *support_model_of(const struct tc_architecture *arch, const float *parameters);

/** ck_assert_msg() for loops over many values: Check logs each assertion that holds, this does not.
 */
#define support_require(condition, ...) \
    do {                                \
        if (!(condition))               \
            ck_abort_msg(__VA_ARGS__);  \
    } while (0)

/** calloc() that fails the test instead of returning NULL. */
void *support_zeros(size_t n, size_t size);

/** Signals, one buffer after the other, zero at first. */
struct support_signals {
    unsigned rows;
    size_t frames;
    float *samples; /* (rows, frames) */
};

struct support_signals support_signals_new(unsigned rows, size_t frames);
struct support_signals support_noise(unsigned rows, size_t frames, uint64_t seed, float amplitude);
void support_signals_free(struct support_signals *signals);

/** Pointers to frame `start` of each signal, for calls that take buffers. */
struct support_buffers {
    float *row[TC_MAX_CHANNELS];
};

struct support_buffers support_buffers(const struct support_signals *signals, size_t start);

/** The same as inputs. */
const float *const *support_inputs(const struct support_buffers *buffers);

/** A stream of the model's that cannot fail. */
struct tc_stream *support_stream(const struct tc_model *model, unsigned channels);

/** n frames, from frame `start` on, of all signals through a stream. Knobs may have 0 rows. */
void support_play(struct tc_stream *stream, const struct support_signals *in,
                  const struct support_signals *knobs, const struct support_signals *out,
                  size_t start, size_t n);

/** The same numbers in double, for the caller to free. */
double *support_doubles(const float *values, size_t n);

/** Random ones from -1 to 1, for the caller to free. */
double *support_random_doubles(struct support_random *random, size_t n);

/** The same bits, so that NaN equals itself and 0 does not equal -0. */
bool support_same(const float *a, const float *b, size_t n);

/** The same parameters to the bit, of two models of one architecture. */
bool support_same_parameters(const struct tc_model *a, const struct tc_model *b);

/** Fails unless the norm of the difference is at most `tolerance` times that of the exact gradient,
 *  in one tensor of a whole gradient. `what` tells the cases apart. */
void support_compare_tensor(const struct tc_tensor *tensor, const float *gradient,
                            const double *exact, double tolerance, const char *what);

/** The same in every tensor. */
void support_compare_gradients(const struct tc_architecture *arch, const float *gradient,
                               const double *exact, double tolerance, const char *what);

/** The largest value of |U'U - 1|: 0 if the n x n matrix is orthogonal. */
double support_skewness(const float *u, size_t n);

/** The kernels to test: those that the environment variable TONECELL_KERNELS names, or else all
 *  that this CPU runs. NULL beyond the last, so from the first on if those named are not here. */
const char *support_kernels(unsigned index);

/** Run one case of tests; the value for main() to return: 77, and a word on it, if the kernels to
 *  test are not here. */
int support_run(TCase *tests, const char *name);

/** The same where a test may take that long; 120 s otherwise. */
int support_run_within(TCase *tests, const char *name, double seconds);

#endif
