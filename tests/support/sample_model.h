/** @file
 *  A model with every field of its metadata set and random weights. */
#ifndef SAMPLE_MODEL_H
#define SAMPLE_MODEL_H

#include "tonecell.h"

/** Layers of 5, 4, 3... units. The caller frees it. */
struct tc_model *sample_model(enum tc_cell cell, unsigned layers, unsigned knobs);

/** Require both to be bit-identical, `training` only if that is true. */
void assert_same_model(const struct tc_model *a, const struct tc_model *b, bool training);

#endif
