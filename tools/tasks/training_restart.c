#include "cli/talk.h"
#include "tasks/training.h"

#include <stdio.h>

/* What the second training has of the first: smaller steps, and smaller states that are forgotten
 * sooner, are easier to train. */
static const float rate_factor = 0.3f, initial_factor = 0.5f;

enum tc_status training_new_trainer(struct training *t, struct tc_error *error)
{
    const struct task_clips clips = t->task->clips(t->data);
    enum tc_status status =
        tc_trainer_new(&t->trainer, &t->arch, &t->meta, &t->options, clips.train, clips.n_train,
                       clips.val, clips.n_val, error);

    if (status == TC_OK && t->source != NULL)
        status = tc_trainer_start_from(t->trainer, t->source, error);
    return status;
}

bool training_may_restart(const struct training *t)
{
    return training_is_rejected(t) && !t->is_second;
}

void training_soften(struct training *t)
{
    t->first_options = t->options;
    t->options.seed += 1;
    t->options.learning_rate *= rate_factor;
    t->options.initial_scale *= initial_factor;
    t->options.memory = 0;
    t->is_second = true;
}

/* How its initial weights differ; constrained matrices and a model to start from have no scale. */
static void describe_initial(const struct training *t, char *text, size_t size)
{
    text[0] = '\0';
    if (t->source == NULL && t->options.recurrent == TC_RECURRENT_FREE)
        snprintf(text, size, " and initial scale %g%s",
                 (double)(initial_factor * t->options.initial_scale),
                 t->options.memory ? ", without --memory" : "");
}

void training_announce_restart(const struct training *t)
{
    struct comparison_text text;
    char initial[64];

    describe_initial(t, initial, sizeof initial);
    talk_warn(NULL,
              "the model is no better than %s: a second training follows, from seed %llu, with "
              "learning rate %g%s",
              training_comparison(t, &text), (unsigned long long)t->options.seed + 1,
              (double)(rate_factor * t->options.learning_rate), initial);
}
