/** @file
 *  Installing models as plugins into a LADSPA folder. */
#ifndef TONECELL_INSTALLATION_H
#define TONECELL_INSTALLATION_H

#include <stdbool.h>

#include "cli/analogue_levels.h"
#include "plugins/model_texts.h"

struct install_request {
    bool system;                   /* into the system's LADSPA folder, else the user's */
    bool setup_desktop;            /* as desktop_set_up(), after the models */
    bool replace;                  /* another model that is installed under the label */
    struct model_texts texts;      /* of the plugin, as plugin_model_load() has them */
    double sample_rate_hz;         /* as load_model() */
    struct analogue_levels levels; /* of the interface that plays */
};

/** Write a plugin file for each of n models, and say which hosts find them. A plugin of the same
 *  label and model is replaced; one of another model is an error unless `replace`. The new one
 *  keeps its UniqueIDs; IDs and names that another library has are avoided. Returns the exit
 *  status: 0, or 1 after talk_error() for each model that failed. */
int install_models(const struct install_request *request, unsigned n, char **models);

#endif
