/** @file
 *  Finds the flat image of the model (see core/model) in the memory of this plugin file. */
#ifndef PLUGIN_FIND_IMAGE_H
#define PLUGIN_FIND_IMAGE_H

#include "model/image_section.h"
#include "tonecell.h"

/** The first byte of the image. A bundle's is longer or shorter than the built-in one: see
 *  image_find(). */
extern const unsigned char tc_plugin_image[] __attribute__((visibility("hidden")));

/** Where the image is in memory, and how many bytes are mapped there. NULL, with the reason in
 *  *error, when the file has lost its section or was cut short: nothing is read then, since
 *  reading it would end the host. */
const unsigned char *image_find(size_t *size, struct tc_error *error);

#endif
