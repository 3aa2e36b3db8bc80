#include "cli/load_model.h"

#include "cli/given.h"
#include "cli/talk.h"

#include <math.h>
#include <string.h>

struct tc_model *model_with_metadata(const struct tc_model *model, const struct tc_metadata *meta,
                                     struct tc_error *error)
{
    struct tc_model *created = NULL;

    (void)tc_model_new(&created, tc_model_architecture(model), meta, tc_model_parameters(model),
                       error);
    return created;
}

static struct tc_model *with_rate(const struct tc_model *model, double rate_hz,
                                  struct tc_error *error)
{
    struct tc_metadata meta = *tc_model_metadata(model);

    meta.sample_rate_hz = rate_hz;
    meta.sample_rate_assumed = false;
    return model_with_metadata(model, &meta, error);
}

static void warn_of_rate(const char *path, double rate_hz, const char *format)
{
    const bool own = strcmp(format, "safetensors") == 0 || strcmp(format, "plugin") == 0;

    if (own)
        talk_warn(path,
                  "its sample rate of %g Hz was assumed when it was converted; --sample-rate gives "
                  "another",
                  rate_hz);
    else
        talk_warn(
            path,
            "its sample rate is not in the file: %g Hz is assumed, as is usual for %s models; "
            "--sample-rate gives another",
            rate_hz, format);
}

struct tc_model *load_model(const char *path, double sample_rate_hz, struct tc_file_facts *facts)
{
    struct tc_file_facts found;
    struct tc_model *model, *rated;
    struct tc_error error;

    if (tc_model_load_facts(&model, path, &found, &error) != TC_OK) {
        talk_error(path, "%s", error.message);
        return NULL;
    }
    if (found.warning[0])
        talk_warn(path, "%s", found.warning);
    if (is_given(sample_rate_hz)) {
        found.rate_assumed = false;
        rated = with_rate(model, sample_rate_hz, &error);
        tc_model_free(model);
        if (!rated)
            talk_error(path, "%s", error.message);
        model = rated;
    }
    if (model && found.rate_assumed)
        warn_of_rate(path, tc_model_metadata(model)->sample_rate_hz, found.format);
    if (facts)
        *facts = found;
    return model;
}

enum tc_status measure_loudness(struct tc_model **model, struct tc_error *error)
{
    struct tc_metadata meta = *tc_model_metadata(*model);
    struct tc_model *measured;
    float gain;
    enum tc_status status;

    if (!isnan(meta.loudness_db))
        return TC_OK;
    status = tc_model_loudness(*model, &meta.loudness_db, &gain, error);
    if (status != TC_OK)
        return status;
    measured = model_with_metadata(*model, &meta, error);
    if (!measured)
        return TC_NO_MEMORY;
    tc_model_free(*model);
    *model = measured;
    return TC_OK;
}
