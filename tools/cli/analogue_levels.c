#include "cli/analogue_levels.h"

#include "cli/given.h"
#include "cli/load_model.h"
#include "cli/talk.h"

#include <math.h>

void analogue_levels_store(struct tc_metadata *meta, const struct analogue_levels *levels)
{
    if (is_given(levels->input_dbu))
        meta->input_level_dbu = (float)levels->input_dbu;
    if (is_given(levels->output_dbu))
        meta->output_level_dbu = (float)levels->output_dbu;
}

/* Can a level that was given be compared with the model's? */
static bool is_known(double given_dbu, float of_model_dbu, const char *side, const char *path)
{
    if (!is_given(given_dbu) || isfinite(of_model_dbu))
        return true;
    talk_error(path,
               "carries no level of its %s to compare --%s-level with; tonecell convert --%s-level "
               "stores one",
               side, side, side);
    return false;
}

bool analogue_levels_calibrate(struct tc_model **model, const struct analogue_levels *levels,
                               const char *path)
{
    struct tc_metadata meta = *tc_model_metadata(*model);
    struct tc_model *calibrated;
    struct tc_error error;

    if (!is_given(levels->input_dbu) && !is_given(levels->output_dbu))
        return true;
    if (!is_known(levels->input_dbu, meta.input_level_dbu, "input", path) ||
        !is_known(levels->output_dbu, meta.output_level_dbu, "output", path))
        return false;
    if (is_given(levels->input_dbu))
        meta.in_gain_db += (float)levels->input_dbu - meta.input_level_dbu;
    if (is_given(levels->output_dbu))
        meta.out_gain_db += meta.output_level_dbu - (float)levels->output_dbu;
    analogue_levels_store(&meta, levels);
    meta.loudness_db = NAN; /* that of other gains */
    calibrated = model_with_metadata(*model, &meta, &error);
    if (!calibrated) {
        talk_error(path, "%s", error.message);
        return false;
    }
    tc_model_free(*model);
    *model = calibrated;
    return true;
}
