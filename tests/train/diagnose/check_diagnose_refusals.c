/* Refusals of tc_diagnose(), its allocations and progress. */
#include "tests/support/failing_malloc.h"
#include "hand_set_network.h"

#include <math.h>
#include <string.h>

#include "tonecell-train.h"

enum { FRAMES = 9 };

static const float silence[FRAMES];
static const float *const silent_input[] = {silence};

START_TEST(refusals_state_the_reason)
{
    static const struct {
        float sample;
        unsigned positions;
        size_t max_lag, min_memory, frames;
        enum tc_status status;
        const char *message;
    } refusals[] = {
        {0.0f, 0, 9, 1, 9, TC_BAD_ARGUMENT, "0 positions, expected 1 to 64"},
        {0.0f, 65, 9, 1, 9, TC_BAD_ARGUMENT, "65 positions, expected 1 to 64"},
        {0.0f, 1, 0, 1, 9, TC_BAD_ARGUMENT, "a largest lag of 0 frames, expected 1 or more"},
        {0.0f, 1, 9, 0, 9, TC_BAD_ARGUMENT, "a memory of 0 frames, expected 1 or more"},
        {0.0f, 1, 9, 1, 1, TC_BAD_ARGUMENT, "the signal has 1 frame, expected 2 or more"},
        {NAN, 1, 9, 1, 9, TC_BAD_VALUE, "input 1: frame 5 is nan, expected a finite number"},
    };
    const struct hand_set_network network = network_leaky_unit();
    struct tc_model *const model = network_model(&network);
    const float samples[FRAMES] = {[5] = refusals[_i].sample}, *const input[] = {samples};
    const struct tc_diagnose_options options = {.positions = refusals[_i].positions,
                                                .max_lag = refusals[_i].max_lag,
                                                .min_memory = refusals[_i].min_memory};
    struct tc_diagnosis *d = NULL;
    struct tc_error error = {""};

    ck_assert_int_eq(tc_diagnose(&d, model, input, refusals[_i].frames, &options, &error),
                     refusals[_i].status);
    ck_assert_str_eq(error.message, refusals[_i].message);
    ck_assert_ptr_null(d);
    tc_model_free(model);
}
END_TEST

/* A linear unit of weight 3 overflows double after 646 frames, and float long before that. */
START_TEST(unbounded_states_are_refused)
{
    enum { LONG = 1000 };
    const struct hand_set_network network = network_new(TC_CELL_RNN, TC_IDENTITY, 1, 1);
    static const float ones[LONG] = {1.0f}, *const input[] = {ones};
    struct tc_diagnose_options options;
    struct tc_diagnosis *d = NULL;
    struct tc_error error = {""};

    network_tensor(&network, W_IH)[0] = 1.0f;
    network_tensor(&network, W_HH)[0] = 3.0f;
    struct tc_model *const model = network_model(&network);

    tc_diagnose_options_init(&options, model);
    options.max_lag = _i ? 100 : LONG;
    ck_assert_int_eq(tc_diagnose(&d, model, input, LONG, &options, &error), TC_BAD_VALUE);
    ck_assert_msg(strstr(error.message, "is not finite") != NULL, "%s", error.message);
    tc_model_free(model);
}
END_TEST

/* Require the refusal, whatever the signal. */
static void assert_refused(const struct hand_set_network *network, enum tc_status status,
                           const char *message)
{
    struct tc_model *const model = network_model(network);
    struct tc_diagnose_options options;
    struct tc_diagnosis *d = NULL;
    struct tc_error error = {""};

    tc_diagnose_options_init(&options, model);
    ck_assert_int_eq(tc_diagnose(&d, model, silent_input, FRAMES, &options, &error), status);
    ck_assert_str_eq(error.message, message);
    tc_model_free(model);
}

START_TEST(models_without_gradient_are_refused)
{
    static const struct {
        enum tc_activation activation;
        const char *message;
    } cases[] = {
        {TC_ELU, "layer 1 has the activation elu, which can be played but not diagnosed"},
        {TC_SOFTMAX, "layer 1 has the activation softmax, which can be played but not diagnosed"},
    };
    struct hand_set_network network = network_new(TC_CELL_RNN, TC_TANH, 2, 3);

    network.arch.layer[1].activation = cases[_i].activation;
    assert_refused(&network, TC_UNSUPPORTED, cases[_i].message);
}
END_TEST

START_TEST(large_states_are_refused)
{
    const struct hand_set_network network = network_new(TC_CELL_LSTM, TC_TANH, 3, 700);

    assert_refused(&network, TC_TOO_LARGE,
                   "the state of the network has 4200 values, expected at most 4096");
}
END_TEST

START_TEST(lack_of_memory_is_reported)
{
    const struct hand_set_network network = network_latch();
    struct tc_model *const model = network_model(&network);
    struct tc_diagnose_options options;
    struct tc_diagnosis *d = NULL;
    bool failed;
    long i = -1;

    tc_diagnose_options_init(&options, model);
    do {
        failing_malloc_start(++i);
        failed =
            failing_malloc_failed(tc_diagnose(&d, model, silent_input, FRAMES, &options, NULL));
        ck_assert(failed == !d);
    } while (failed);
    ck_assert_int_ge(i, 10);
    tc_diagnosis_free(d);
    tc_model_free(model);
}
END_TEST

static void store_progress(double done, void *user)
{
    *(double *)user = done;
}

START_TEST(progress_is_reported_up_to_1)
{
    const struct hand_set_network network = network_leaky_unit();
    struct tc_model *const model = network_model(&network);
    struct tc_diagnose_options options;
    struct tc_diagnosis *d = NULL;
    double done = 0.0;

    tc_diagnose_options_init(&options, model);
    ck_assert_uint_eq(options.min_memory, 480); /* 10 ms */
    options.progress = store_progress;
    options.user = &done;
    ck_assert_int_eq(tc_diagnose(&d, model, silent_input, FRAMES, &options, NULL), TC_OK);
    ck_assert_double_eq(done, 1.0);
    tc_diagnosis_free(d);
    tc_diagnosis_free(NULL);
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("diagnose_refusals");

    tcase_add_loop_test(tests, refusals_state_the_reason, 0, 6);
    tcase_add_loop_test(tests, unbounded_states_are_refused, 0, 2);
    tcase_add_test(tests, large_states_are_refused);
    tcase_add_loop_test(tests, models_without_gradient_are_refused, 0, 2);
    tcase_add_test(tests, lack_of_memory_is_reported);
    tcase_add_test(tests, progress_is_reported_up_to_1);
    return support_run(tests, "diagnose_refusals");
}
