/** @file
 *  The flat image of the model that this plugin file carries. */
#ifndef PLUGIN_IMAGE_H
#define PLUGIN_IMAGE_H

#include "plugin/image_section.h"
#include "tonecell.h"

/** The built-in model's image. Its length says nothing about a bundle's: see image_find(). */
extern const unsigned char tc_plugin_image[] __attribute__((visibility("hidden")));

/** Where the image is in memory, and how many bytes are mapped there. NULL, with the reason in
 *  *error, when the file has lost its section or was cut short: nothing is read then, since
 *  reading it would end the host. */
const unsigned char *image_find(size_t *size, struct tc_error *error);

#endif
