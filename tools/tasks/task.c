#include "tasks/task.h"

#include "tasks/effect.h"

#include <stdio.h>
#include <string.h>

enum { MAX_NAMES = 128 };

static const struct task *const tasks[] = {&task_effect};

enum { N_TASKS = sizeof tasks / sizeof *tasks };

const struct task *task_find(const struct command *self, const char *name)
{
    char names[MAX_NAMES] = "";

    for (size_t i = 0; i < N_TASKS; ++i) {
        const size_t used = strlen(names);

        if (strcmp(tasks[i]->name, name) == 0)
            return tasks[i];
        (void)snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "",
                       tasks[i]->name);
    }
    usage_error(self, "--task: '%s' is not one of the tasks: %s", name, names);
    return NULL;
}

const struct opt_table *task_options(size_t index)
{
    return index < N_TASKS ? tasks[index]->options : NULL;
}
