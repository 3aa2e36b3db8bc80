/** @file
 *  What LADSPA's descriptors have no place for, in RDF as liblrdf reads it: the category of a
 *  plugin, the units of its controls, names for the values of those with a few choices, and the
 *  exact initial values, as a setting. Ardour and Rosegarden read such files.
 *
 *  From: ladspa.rdfs of liblrdf, which has the classes and properties. */
#ifndef TONECELL_PLUGIN_RDF_H
#define TONECELL_PLUGIN_RDF_H

#include <stdbool.h>

#include "tonecell.h"

/** Write the file for a plugin file that was installed, whose descriptors say what the ports are.
 *  In the user's folder it is rdf/tonecell_LABEL.rdf beside the plugin, otherwise in the system's
 *  folder for such files. Errors: TC_IO, TC_NO_MEMORY, TC_BAD_FORMAT (the plugin cannot be loaded).
 *  */
enum tc_status plugin_rdf_write(const char *plugin_path, const struct tc_model *model,
                                struct tc_error *error);

/** Remove that file, if there is one. */
void plugin_rdf_remove(const char *plugin_path);

#endif
