/** @file
 *  A model that is made into a plugin: whether the plugin can play it, and its label and IDs. */
#ifndef TONECELL_PLUGIN_MODEL_H
#define TONECELL_PLUGIN_MODEL_H

#include "tonecell.h"

/** Load a model that the plugin can play, and set the plugin's identity.
 *
 *  label           a valid label; NULL: the model's, else made of its name or its file's name
 *  sample_rate_hz  as load_model()
 *
 *  NULL after talk_error(); else for tc_model_free(). */
struct tc_model *plugin_model_load(const char *path, const char *label, double sample_rate_hz,
                                   struct tc_plugin_identity *identity);

/** Print the plugin file that was written, and its name, labels and IDs. */
void plugin_model_report(const char *path, const struct tc_model *model,
                         const struct tc_plugin_identity *identity);

#endif
