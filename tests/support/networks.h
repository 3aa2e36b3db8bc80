/** @file
 *  The networks that tests loop over. */
#ifndef SUPPORT_NETWORKS_H
#define SUPPORT_NETWORKS_H

#include "tonecell.h"

struct support_network {
    const char *name;
    struct tc_architecture arch;
};

/** Every cell and activation, one to four layers of different widths, several inputs and outputs,
 *  knobs, both signs of the direct path, every readout. */
extern const struct support_network support_networks[];

/** Their number, and the number of those that can be trained, which are the first. */
enum { SUPPORT_NETWORKS = 26, SUPPORT_TRAINED = 24 };

#endif
