#include "tasks/training_model.h"

#include "cli/given.h"
#include "cli/load_model.h"
#include "cli/talk.h"

struct tc_model *training_model_load(const struct task *task, const char *path,
                                     struct train_arguments *arguments)
{
    struct tc_model *const model = load_model(path, REAL_NOT_GIVEN, NULL);
    enum tc_readout readout;
    double rate_hz;

    if (model == NULL)
        return NULL;
    readout = tc_model_architecture(model)->readout;
    if (readout != task->readout) {
        talk_error(path, "has the readout %s, expected %s", tc_readout_name(readout),
                   tc_readout_name(task->readout));
        tc_model_free(model);
        return NULL;
    }
    rate_hz = tc_model_metadata(model)->sample_rate_hz;
    if (!is_given(arguments->effect.sample_rate_hz) && rate_hz > 0.0)
        arguments->effect.sample_rate_hz = rate_hz;
    return model;
}
