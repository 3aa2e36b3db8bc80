#include "tasks/task.h"

#include "tasks/effect.h"

const struct task *const tasks[] = {&task_effect};
