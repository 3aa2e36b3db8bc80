#include "cli/option_groups.h"

/* A command with so few options of its own shows them as one list. */
enum { MAX_UNGROUPED = 6 };

static const char *const group_titles[N_GROUPS] = {
    [GROUP_MODEL] = "Model",
    [GROUP_DATA] = "Data",
    [GROUP_NETWORK] = "Network",
    [GROUP_TRAINING] = "Training",
    [GROUP_WEIGHTS] = "Initial weights and constraints",
    [GROUP_TRUNCATION] = "Truncation of the gradient (TBPTT)",
    [GROUP_PROCESSING] = "Processing",
    [GROUP_OUTPUT] = "Output",
    [GROUP_GENERAL] = "General",
};

const char *option_group_title(const struct command *command, enum opt_group group)
{
    if (option_count(command) <= MAX_UNGROUPED)
        return group == GROUP_GENERAL ? "Options" : NULL;
    return group_titles[group];
}

bool option_in_group(const struct command *command, const struct opt *opt, enum opt_group group)
{
    return opt->group == group || option_group_title(command, opt->group) == NULL;
}
