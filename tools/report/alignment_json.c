#include "report/alignment_json.h"

#include "cli/json_result.h"

static json_t *flutter_json(const struct tc_delay_curve *wander)
{
    json_t *const object = json_object();

    json_object_set_new(object, "rms_frames", json_number(wander->rms_frames));
    json_object_set_new(object, "peak_frames", json_number(wander->peak_frames));
    json_object_set_new(object, "rate_hz", json_number(wander->rate_hz));
    return object;
}

void alignment_add_json(json_t *object, const struct recording_pair *pair)
{
    if (pair->drift_ppm != 0.0)
        json_object_set_new(object, "drift_ppm", json_number(pair->drift_ppm));
    if (pair->wander.n_knots > 0)
        json_object_set_new(object, "flutter", flutter_json(&pair->wander));
}
