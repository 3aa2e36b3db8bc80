/** @file
 *  Where a plugin file keeps its model: the plugin finds the image there, `tonecell bundle`
 *  replaces it. */
#ifndef PLUGIN_IMAGE_SECTION_H
#define PLUGIN_IMAGE_SECTION_H

/** Name of the section and loaded segment that hold the image; image.ld makes it the last one. */
#define IMAGE_SECTION ".tonecell"

#endif
