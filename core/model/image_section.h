/** @file
 *  Where a plugin file keeps its model: the plugin finds the image there, `tonecell bundle`
 *  replaces it. */
#ifndef TC_IMAGE_SECTION_H
#define TC_IMAGE_SECTION_H

/** Name of the section and loaded segment that hold the image; plugin/image.ld makes it the last.
 *  */
#define TC_IMAGE_SECTION ".tonecell"

#endif
