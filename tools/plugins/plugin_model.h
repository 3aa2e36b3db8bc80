/** @file
 *  A model that is made into a plugin: whether the plugin can play it, and its name, label and IDs.
 *  */
#ifndef TONECELL_PLUGIN_MODEL_H
#define TONECELL_PLUGIN_MODEL_H

#include "cli/analogue_levels.h"
#include "plugins/model_texts.h"
#include "tonecell.h"

/** Load a model that the plugin can play, and set the plugin's identity and the model's name.
 *
 *  texts           texts that were checked; of those that were not given:
 *                  the label is made of the name that was given, else it is the model's, else made
 *                  of the model's name or its file's name;
 *                  the name is the label that was given, else the model's, else the label
 *  sample_rate_hz  as load_model()
 *  levels          of the interface that plays
 *
 *  NULL after talk_error(); else for tc_model_free(). */
struct tc_model *plugin_model_load(const char *path, const struct model_texts *texts,
                                   double sample_rate_hz, const struct analogue_levels *levels,
                                   struct tc_plugin_identity *identity);

/** Print the plugin file that was written, and its name, labels and IDs. */
void plugin_model_report(const char *path, const struct tc_model *model,
                         const struct tc_plugin_identity *identity);

#endif
