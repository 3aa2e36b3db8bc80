/** @file
 *  The report of `tonecell info` on one model, as text and as JSON. */
#ifndef TONECELL_INFO_H
#define TONECELL_INFO_H

#include "report/model_measurements.h"

#include <jansson.h>

struct info {
    const char *path;
    double size; /* bytes */
    const struct tc_model *model;
    const struct tc_file_facts *facts;
    json_t *training; /* the training record of the file, an object; NULL: none */
    struct model_measurements measured;
};

/** Print it as text. */
void info_print(const struct info *info);

/** Print one JSON object. False if a text of the model is not UTF-8, or for want of memory. */
bool info_print_json(const struct info *info);

#endif
