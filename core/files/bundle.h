/** @file
 *  Bundles: copies of the plugin file that carry another model.
 *
 *  The image of the model is a section and a loaded segment of its own, the last of the file
 *  both by address and by file offset (plugin/image.ld). When it is replaced, only the tables after
 *  it move, and no address changes. */
#ifndef TC_BUNDLE_H
#define TC_BUNDLE_H

#include "tonecell.h"

/** No plugin file is larger, in bytes. */
#define TC_BUNDLE_MAX_SIZE ((size_t)256 << 20)

/** Find the image in the bytes of a plugin file. TC_BAD_FORMAT: the file is no ELF library of
 *  this kind, or is damaged; TC_UNSUPPORTED: a library without an image, so not made by Tonecell.
 */
enum tc_status tc_bundle_find_image(const unsigned char *file, size_t size,
                                    const unsigned char **image, size_t *image_size,
                                    struct tc_error *error);

/** Make a bundle from a plugin file (the template) and the image of a model. *bundle is for
 *  free(). Errors: as tc_bundle_find_image(), TC_NO_MEMORY. */
enum tc_status tc_bundle_make(const unsigned char *file, size_t size, const unsigned char *image,
                              size_t image_size, unsigned char **bundle, size_t *bundle_size,
                              struct tc_error *error);

#endif
