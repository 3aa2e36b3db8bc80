/** @file
 *  Reads the model back that a plugin file contains. */
#include "files/bundle.h"
#include "formats/facts.h"
#include "formats/readers/readers.h"
#include "model/model.h"

#include <string.h>

enum tc_status tc_plugin_read(struct tc_model **model, const unsigned char *bytes, size_t size,
                              struct tc_file_facts *facts, struct tc_error *error)
{
    struct tc_plugin_identity identity;
    const unsigned char *image;
    struct tc_error cause;
    struct tc_model *found;
    size_t image_size;
    enum tc_status status = tc_bundle_find_image(bytes, size, &image, &image_size, &cause);

    tc_facts_init(facts, "plugin");
    if (status)
        return tc_fail(error, status, "%s: %s",
                       status == TC_BAD_FORMAT ? "the plugin file is cut short or damaged"
                                               : "not a plugin of Tonecell",
                       cause.message);
    status = tc_image_read(image, image_size, &found, &identity, error);
    if (status)
        return status;
    memcpy(found->meta.label, identity.label, sizeof found->meta.label);
    *model = found;
    return TC_OK;
}
