#include "train/network/activations.h"

enum tc_status tc_activations_check(const struct tc_architecture *arch, const char *done,
                                    struct tc_error *error)
{
    for (unsigned l = 0; l < arch->layers; ++l) {
        const enum tc_activation activation = arch->layer[l].activation;

        if (activation == TC_ELU || activation == TC_SOFTMAX)
            return tc_fail(error, TC_UNSUPPORTED,
                           "layer %u has the activation %s, which can be played but not %s", l,
                           tc_activation_name(activation), done);
    }
    return TC_OK;
}
