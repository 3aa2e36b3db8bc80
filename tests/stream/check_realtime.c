/* Linked with -Wl,--wrap=NAME for each function below, and with the core as a static library, so
 * that every call of the core to one of them is counted. */
#include "tests/support/support.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned calls;

/* Functions that may block or take unbounded time: counted, then called. */
#define COUNTED(type, name, parameters, arguments) \
    type __real_##name parameters;                 \
    type __wrap_##name parameters;                 \
    type __wrap_##name parameters                  \
    {                                              \
        ++calls;                                   \
        return __real_##name arguments;            \
    }

COUNTED(void *, malloc, (size_t size), (size))
COUNTED(void *, calloc, (size_t n, size_t size), (n, size))
COUNTED(void *, realloc, (void *memory, size_t size), (memory, size))
COUNTED(void *, aligned_alloc, (size_t alignment, size_t size), (alignment, size))
COUNTED(int, posix_memalign, (void **memory, size_t alignment, size_t size),
        (memory, alignment, size))
COUNTED(void, free, (void *memory), (memory))
COUNTED(int, pthread_mutex_lock, (pthread_mutex_t * mutex), (mutex))
COUNTED(int, pthread_mutex_unlock, (pthread_mutex_t * mutex), (mutex))
COUNTED(FILE *, fopen, (const char *path, const char *mode), (path, mode))
COUNTED(int, fclose, (FILE * file), (file))
COUNTED(size_t, fwrite, (const void *from, size_t size, size_t n, FILE *file),
        (from, size, n, file))
COUNTED(ssize_t, write, (int file, const void *from, size_t size), (file, from, size))
COUNTED(int, nanosleep, (const struct timespec *requested, struct timespec *remaining),
        (requested, remaining))

enum { FRAMES = 700 };

static struct support_signals noise_with_non_finite_values(unsigned rows)
{
    const struct support_signals signals = support_noise(rows, FRAMES, 5, 2.0f);

    for (size_t i = 0; i < rows * FRAMES; i += 13)
        signals.samples[i] = i % 2 ? NAN : INFINITY;
    return signals;
}

START_TEST(stream_makes_no_blocking_calls)
{
    struct tc_model *const model = support_model(&support_networks[_i].arch, 3);
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct tc_stream *const stream = support_stream(model, 2), *other = support_stream(model, 1);
    struct support_signals in = noise_with_non_finite_values(2 * arch->audio_inputs);
    struct support_signals knobs = noise_with_non_finite_values(arch->knobs);
    struct support_signals out = support_signals_new(2 * arch->outputs, FRAMES);

    calls = 0;
    support_play(stream, &in, &knobs, &out, 0, 500);
    tc_stream_reset(stream);
    support_play(stream, &in, &knobs, &out, 500, 200);
    tc_stream_copy_channel(other, 0, stream, 1);
    (void)tc_stream_recoveries(stream);
    ck_assert_uint_eq(calls, 0);
    support_signals_free(&out);
    support_signals_free(&knobs);
    support_signals_free(&in);
    tc_stream_free(other);
    tc_stream_free(stream);
    tc_model_free(model);
}
END_TEST

/* A state that overflows is detected and reset without such calls, too. */
START_TEST(recovery_makes_no_blocking_calls)
{
    static const float parameters[] = {1.0f, 8.0f, 0.0f, 0.0f, 0.0f, 1.0f, 0.0f};
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_RNN, TC_IDENTITY, 1}}};
    struct tc_model *const model = support_model_of(&arch, parameters);
    struct tc_stream *const stream = support_stream(model, 1);
    struct support_signals none = {0};
    struct support_signals signal = noise_with_non_finite_values(1);

    calls = 0;
    support_play(stream, &signal, &none, &signal, 0, FRAMES);
    ck_assert_uint_eq(calls, 0);
    ck_assert_uint_gt(tc_stream_recoveries(stream), 0);
    support_signals_free(&signal);
    tc_stream_free(stream);
    tc_model_free(model);
}
END_TEST

/* At the rate of the models, and at others: the player converts. */
static const double host_rates_hz[] = {48000.0, 44100.0, 192000.0, 47999.0};

enum { HOST_RATES = sizeof host_rates_hz / sizeof *host_rates_hz };

START_TEST(player_makes_no_blocking_calls)
{
    struct tc_model *const model = support_model(&support_networks[_i / HOST_RATES].arch, 3);
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct support_signals in = noise_with_non_finite_values(2 * arch->audio_inputs);
    struct support_signals out = support_signals_new(2 * arch->outputs, FRAMES);
    const struct support_buffers from = support_buffers(&in, 0), to = support_buffers(&out, 0);
    struct tc_controls controls;
    struct tc_player *player = NULL;

    ck_assert_int_eq(tc_player_new(&player, model, 2, host_rates_hz[_i % HOST_RATES], NULL), TC_OK);
    tc_controls_init(&controls, model);
    calls = 0;
    tc_player_process(player, &controls, support_inputs(&from), to.row, 300);
    controls = (struct tc_controls){.in_gain_db = NAN, .bypass = 1.0f, .knob = {INFINITY}};
    tc_player_process(player, &controls, support_inputs(&from), to.row, FRAMES);
    tc_player_reset(player);
    tc_player_process(player, &controls, support_inputs(&from), to.row, 0);
    tc_player_process(player, &controls, support_inputs(&from), to.row, FRAMES);
    controls = (struct tc_controls){.rate = 2.0f, .oversampling = 2.0f, .dc_blocker = 1.0f};
    for (unsigned i = 0; i < 4; ++i) /* fades out, changes, fades in */
        tc_player_process(player, &controls, support_inputs(&from), to.row, FRAMES);
    (void)tc_player_latency_frames(player, &controls);
    ck_assert_uint_eq(calls, 0);
    tc_player_free(player);
    support_signals_free(&out);
    support_signals_free(&in);
    tc_model_free(model);
}
END_TEST

/* Calls of the core are counted: creating and freeing a stream allocates. */
START_TEST(calls_made_in_the_core_are_counted)
{
    struct tc_model *const model = support_model(&support_networks[0].arch, 3);
    struct tc_stream *stream = NULL;

    calls = 0;
    const enum tc_status status = tc_stream_new(&stream, model, 1, NULL);
    const unsigned created = calls;

    tc_stream_free(stream);
    const unsigned freed = calls - created; /* before Check makes calls of its own */

    ck_assert_int_eq(status, TC_OK);
    ck_assert_uint_gt(created, 0);
    ck_assert_uint_gt(freed, 0);
    tc_model_free(model);
}
END_TEST

START_TEST(every_allocation_function_is_counted)
{
    void *volatile memory = malloc(1); /* volatile: or the compiler drops the pair */
    void *aligned = NULL;

    calls = 0;
    free(memory);
    memory = malloc(1);
    memory = realloc(memory, 2);
    free(memory);
    memory = calloc(1, 1);
    free(memory);
    memory = aligned_alloc(64, 64);
    free(memory);
    const int refused = posix_memalign(&aligned, 64, 64);

    memory = aligned;
    free(memory);
    const unsigned counted = calls; /* Check makes calls of its own */

    ck_assert_int_eq(refused, 0);
    ck_assert_uint_eq(counted, 10);
}
END_TEST

START_TEST(locks_files_and_waits_are_counted)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    const struct timespec none = {0};

    calls = 0;
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    FILE *const file = fopen("/dev/null", "w");
    const size_t items = file ? fwrite("x", 1, 1, file) : 0;
    const ssize_t bytes = file ? write(fileno(file), "x", 1) : 0;

    if (file)
        fclose(file);
    nanosleep(&none, NULL);
    const unsigned counted = calls;

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(items, 1);
    ck_assert_int_eq(bytes, 1);
    ck_assert_uint_eq(counted, 7);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("realtime");

    tcase_add_loop_test(tests, stream_makes_no_blocking_calls, 0, SUPPORT_NETWORKS);
    tcase_add_test(tests, recovery_makes_no_blocking_calls);
    tcase_add_loop_test(tests, player_makes_no_blocking_calls, 0, SUPPORT_NETWORKS * HOST_RATES);
    tcase_add_test(tests, calls_made_in_the_core_are_counted);
    tcase_add_test(tests, every_allocation_function_is_counted);
    tcase_add_test(tests, locks_files_and_waits_are_counted);
    return support_run(tests, "realtime");
}
