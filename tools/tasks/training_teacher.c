#include "tasks/training_teacher.h"

#include "tasks/training_model.h"

int training_teacher_check_options(const struct command *self,
                                   const struct train_arguments *arguments)
{
    if (!arguments->anti_alias)
        return 0;
    if (arguments->from == NULL)
        return usage_error(self, "--anti-alias fine-tunes a model: give it with --from");
    if (arguments->teacher != NULL)
        return usage_error(self, "give --anti-alias or --teacher, not both");
    return 0;
}

bool training_teacher_load(struct training *t, struct train_arguments *arguments)
{
    if (arguments->anti_alias)
        t->teacher =
            (struct teacher){.path = arguments->from, .model = t->source, .anti_alias = true};
    if (arguments->teacher == NULL)
        return true;
    t->teacher_model = training_model_load(t->task, arguments->teacher, arguments);
    t->teacher = (struct teacher){.path = arguments->teacher, .model = t->teacher_model};
    return t->teacher_model != NULL;
}
