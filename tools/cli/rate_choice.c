#include "cli/rate_choice.h"

#include "cli/talk.h"
#include "tonecell-train.h"

#include <math.h>

enum tc_status rate_choice_apply(const struct rate_choice *choice, struct tc_model *model,
                                 struct tc_controls *controls, struct tc_error *error)
{
    controls->rate = (float)choice->rate;
    controls->oversampling = (float)choice->oversample;
    return rate_choice_delays(choice) ? tc_find_eigenvalues(model, error) : TC_OK;
}

/* The model is converted although a delay of its states was wanted. */
static void warn_of_refused_delay(const struct tc_model *model, const char *name, double rate_hz)
{
    const double error_db = tc_player_delay_error_db(model, rate_hz);
    const double model_hz = tc_model_metadata(model)->sample_rate_hz;

    if (error_db > TC_MAX_DELAY_ERROR_DB && isfinite(error_db))
        talk_warn(name,
                  "%g Hz, converted to the model's %g Hz and back: with its states delayed the "
                  "model would be %.0f dB off, expected at most %.0f",
                  rate_hz, model_hz, error_db, TC_MAX_DELAY_ERROR_DB);
    else
        talk_warn(name,
                  "%g Hz, converted to the model's %g Hz and back: a delay of its states would not "
                  "be stable",
                  rate_hz, model_hz);
}

void rate_choice_report(const struct rate_choice *choice, const struct tc_model *model,
                        bool rate_assumed, const char *name, double rate_hz)
{
    const double model_hz = tc_model_metadata(model)->sample_rate_hz;

    if (rate_choice_delays(choice) && tc_player_delays(model, rate_hz))
        talk_say(name, "%g Hz: the states of the model, of %g Hz, are delayed by %.6g frames",
                 rate_hz, model_hz, rate_hz / model_hz);
    else if (rate_choice_delays(choice))
        warn_of_refused_delay(model, name, rate_hz);
    else if (rate_assumed)
        talk_warn(name,
                  "%g Hz, converted to the %g Hz that are assumed of the model and back; "
                  "--sample-rate sets another rate of the model",
                  rate_hz, model_hz);
    else
        talk_say(name, "%g Hz, converted to the model's %g Hz and back", rate_hz, model_hz);
}
