#include "cli/rate_choice.h"

#include "tonecell-train.h"

enum tc_status rate_choice_apply(const struct rate_choice *choice, struct tc_model *model,
                                 struct tc_controls *controls, struct tc_error *error)
{
    controls->rate = (float)choice->rate;
    controls->oversampling = (float)choice->oversample;
    return rate_choice_delays(choice) ? tc_find_eigenvalues(model, error) : TC_OK;
}
