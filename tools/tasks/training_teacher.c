#include "tasks/training_teacher.h"

#include "tasks/training_model.h"

bool training_teacher_load(struct training *t, struct train_arguments *arguments)
{
    if (arguments->teacher == NULL)
        return true;
    t->teacher_model = training_model_load(t->task, arguments->teacher, arguments);
    t->teacher =
        (struct teacher){.path = arguments->teacher, .model = t->teacher_model, .oversampling = 1};
    return t->teacher_model != NULL;
}
