/* A trainer does not take a chaotic network as its best model. */
#include "tests/support/support.h"
#include "tests/train/trainer_problem.h"

#include <math.h>
#include <string.h>

#include "train/data/random.h"
#include "train/health/stability.h"

enum { H = 32 };

static struct trainer_problem p;

/* The target is the input, which the direct path gives. The networks are those of check_health.c;
 * steps are so small that they stay what they are. */
static void set_up(void)
{
    problem_init(&p, TC_CELL_RNN, H);
    p.arch.direct = 1.0f;
    p.options.learning_rate = 1e-7f;
    p.options.epochs = 3;
    for (unsigned c = 0; c < CLIPS; ++c) {
        p.clip[c].target = p.clip[c].input;
        if (c >= TRAIN_CLIPS)
            p.clip[c].n_frames = 300;
    }
}

static void tear_down(void)
{
    problem_free(&p);
}

/* Random recurrent weights of variance g^2 / H, and a readout whose output has an RMS of about
 * `level`. */
static void set_parameters(struct tc_trainer *trainer, float g, float level, float bias)
{
    float *const values = trainer->state.parameters;
    struct tc_tensor tensor[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(&trainer->arch, tensor, NULL);
    struct tc_random random = {3};

    for (unsigned t = 0; t < n; ++t)
        for (size_t i = 0; i < tensor[t].rows * tensor[t].cols; ++i) {
            float *const value = values + tensor[t].offset + i;

            if (strncmp(tensor[t].name, "rec.weight_hh", 13) == 0)
                *value = g / sqrtf(H) * (float)tc_random_normal(&random);
            else if (strcmp(tensor[t].name, "lin.weight") == 0)
                *value = level / sqrtf(H) * (float)tc_random_normal(&random);
            else if (strncmp(tensor[t].name, "rec.weight_ih", 13) == 0)
                *value = 0.5f;
            else
                *value = strcmp(tensor[t].name, "lin.bias") == 0 ? bias : 0.0f;
        }
}

static const struct {
    float g, level;
    bool runs_away;
} networks[] = {
    {4.0f, 0.5f, true},   /* chaos at about the level of the input */
    {4.0f, 1e-3f, false}, /* the same, far below it */
    {0.5f, 0.5f, false},  /* a contraction */
};

START_TEST(chaos_is_found_where_it_is_heard)
{
    struct tc_trainer *const trainer = problem_trainer(&p);
    bool runs_away = !networks[_i].runs_away;

    set_parameters(trainer, networks[_i].g, networks[_i].level, 0.0f);
    ck_assert_int_eq(tc_stability_check(trainer, trainer->state.parameters, &runs_away, NULL),
                     TC_OK);
    ck_assert_int_eq(runs_away, networks[_i].runs_away);
    tc_trainer_free(trainer);
}
END_TEST

struct exchange {
    struct tc_trainer *trainer;
    unsigned validations, refused;
    double first, second;
};

/* After the first validation the network becomes a chaotic one with a better score, after the
 * second one a good one that is not. */
static bool exchange(const struct tc_progress *progress, void *user)
{
    struct exchange *const e = user;

    if (!progress->validated)
        return true;
    ++e->validations;
    e->refused += progress->runs_away;
    if (e->validations == 1) {
        e->first = progress->score;
        ck_assert(progress->improved);
        set_parameters(e->trainer, 4.0f, 0.1f, 0.2f);
    } else if (e->validations == 2) {
        e->second = progress->score;
        ck_assert(!progress->improved);
        ck_assert_double_eq(progress->best_score, e->first);
        set_parameters(e->trainer, 0.5f, 0.0f, 0.1f);
    } else {
        ck_assert(progress->improved);
        ck_assert_double_eq(progress->best_score, progress->score);
    }
    return true;
}

START_TEST(a_chaotic_network_does_not_become_the_best_model)
{
    struct exchange e = {.trainer = problem_trainer(&p)};
    const struct tc_history_entry *history;

    set_parameters(e.trainer, 0.5f, 0.0f, 2.0f);
    ck_assert_int_eq(tc_trainer_run(e.trainer, exchange, &e, NULL, NULL), TC_OK);
    ck_assert_uint_eq(e.validations, 3);
    ck_assert_uint_eq(e.refused, 1);
    ck_assert_double_lt(e.second, e.first);
    ck_assert_uint_eq(tc_trainer_history(e.trainer, &history), 3);
    ck_assert(history[0].improved && !history[1].improved && history[2].improved);
    tc_trainer_free(e.trainer);
}
END_TEST

int main(void)
{
    TCase *const tc = tcase_create("stability");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, chaos_is_found_where_it_is_heard, 0,
                        sizeof networks / sizeof *networks);
    tcase_add_test(tc, a_chaotic_network_does_not_become_the_best_model);
    return support_run(tc, "stability");
}
