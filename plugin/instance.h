/** @file
 *  A running plugin: what stands behind a LADSPA_Handle.
 *
 *  Hosts were seen to call these functions with NULL handles, without connecting ports, with any
 *  block size, with all ports on one buffer. All of that is allowed here. */
#ifndef PLUGIN_INSTANCE_H
#define PLUGIN_INSTANCE_H

#include "plugin/ports.h"

/** One plugin of this file, as its LADSPA_Descriptor's ImplementationData. */
struct plugin {
    const struct tc_model *model; /* NULL: audio passes through unchanged */
    struct ports ports;
    LADSPA_Descriptor descriptor;
    char label[TC_LABEL_SIZE + 8];
    char name[TC_TEXT_SIZE + 96];
};

/** Enter the functions of this file into a descriptor. */
void instance_describe(LADSPA_Descriptor *descriptor);

#endif
