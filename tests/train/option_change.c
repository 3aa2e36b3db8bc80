#include "option_change.h"

#include <string.h>

void option_change_apply(const struct option_change *change, struct tc_train_options *options)
{
    char *const at = (char *)options + change->at;
    const unsigned whole = change->type == WHOLE ? (unsigned)change->value : 0;
    const float real = (float)change->value;
    const bool flag = change->value != 0.0;

    if (change->type == WHOLE)
        memcpy(at, &whole, sizeof whole);
    else if (change->type == REAL)
        memcpy(at, &real, sizeof real);
    else if (change->type == FLAG)
        memcpy(at, &flag, sizeof flag);
    else if (change->type == TIME)
        memcpy(at, &change->value, sizeof change->value);
}
