#include "model/network_input.h"

#include <math.h>

float tc_knob_input(const struct tc_knob *knob, float value)
{
    const float v = fminf(fmaxf(value, knob->min), knob->max); /* NaN becomes min */

    return knob->at_min + (v - knob->min) / (knob->max - knob->min) * (knob->at_max - knob->at_min);
}
