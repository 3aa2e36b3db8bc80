/** @file
 *  An instance of a plugin: what a LADSPA_Handle points to, and the functions that hosts call
 *  with it: instantiate(), connect_port(), activate(), run(), run_adding(), cleanup().
 *
 *  Hosts were seen to call these functions with NULL handles, without connecting ports, with any
 *  block size, with all ports on one buffer. All of that is allowed here. */
#ifndef PLUGIN_INSTANCE_H
#define PLUGIN_INSTANCE_H

#include "plugin/ports.h"

/** A model's name, or what is wrong with it. */
enum { PLUGIN_NAME_SIZE = TC_TEXT_SIZE + 128 };

/** One plugin of this file, as its LADSPA_Descriptor's ImplementationData. */
struct plugin {
    const struct tc_model *model; /* NULL: audio passes through unchanged */
    struct ports ports;
    LADSPA_Descriptor descriptor;
    char label[TC_LABEL_SIZE + 8];
    char name[PLUGIN_NAME_SIZE];
};

/** Set these functions in a descriptor. */
void instance_set_functions(LADSPA_Descriptor *descriptor);

#endif
