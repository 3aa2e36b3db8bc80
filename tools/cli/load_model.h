/** @file
 *  The model that a command was given, in any format. */
#ifndef TONECELL_LOAD_MODEL_H
#define TONECELL_LOAD_MODEL_H

#include "cli/options.h"
#include "tonecell.h"

/** The option of every command that plays a model: a double, REAL_NOT_GIVEN if not. */
#define SAMPLE_RATE_OPTION(offset)                            \
    OPT_ROW(0, "sample-rate", OPT_REAL, offset, 1, 1e6, "HZ", \
            "sample rate of the model [that of its file]", GROUP_MODEL, EVERYDAY)

/** The option of commands that take it: an int, of enum tc_precision. */
#define PRECISION_OPTION(offset)                                                                 \
    OPT_ROW(0, "precision", OPT_CHOICE, offset, 0, 0, "full|half",                               \
            "precision of the weights in memory; half is faster for large layers, and tonecell " \
            "info shows its error [full]",                                                       \
            GROUP_MODEL, EXPERT)

/** Load a model, and warn about anomalies of its file. A rate that is given replaces the file's.
 *  NULL after talk_error(), which names the file; else for tc_model_free(). `facts` may be NULL. */
struct tc_model *load_model(const char *path, double sample_rate_hz, struct tc_file_facts *facts);

/** A model with other metadata. NULL after tc_fail() without memory. */
struct tc_model *model_with_metadata(const struct tc_model *model, const struct tc_metadata *meta,
                                     struct tc_error *error);

/** Measure the loudness of a model whose file does not state it, and replace the model by one that
 *  does. Errors: as tc_model_loudness(). */
enum tc_status measure_loudness(struct tc_model **model, struct tc_error *error);

#endif
