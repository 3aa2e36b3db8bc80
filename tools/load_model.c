#include "load_model.h"

#include "talk.h"

struct tc_model *load_model(const char *path)
{
    struct tc_model *model;
    struct tc_error error;

    if (tc_model_load(&model, path, &error) == TC_OK)
        return model;
    talk_error(path, "%s", error.message);
    return NULL;
}
