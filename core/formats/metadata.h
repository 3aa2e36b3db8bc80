/** @file
 *  The metadata of a native model file: keys of a safetensors header, whose values are all texts,
 *  to and from the structs of tonecell.h.
 *
 *      architecture  see architecture_json.h
 *      knobs         [{"name", "unit", "min", "max", "default", "at_min", "at_max"}]
 *      sample_rate; sample_rate_assumed instead of it if the rate was not known but assumed
 *      in_gain_db, out_gain_db, loudness_db, input_level_dbu, output_level_dbu:
 *                    a number each; absent = unknown, 0 dB for the gains
 *      name, author, licence, label, training, tonecell_version: texts */
#ifndef TC_METADATA_H
#define TC_METADATA_H

#include "formats/safetensors.h"

/** The metadata of a file with an architecture of `knobs` knobs. Without the key `knobs` they are
 *  named Knob 1, Knob 2 and so on, from 0 to 1. meta->training points into `file`.
 *  Errors: TC_BAD_FORMAT, TC_BAD_SHAPE, TC_BAD_VALUE, TC_TOO_LARGE, TC_NO_MEMORY. */
enum tc_status tc_metadata_from_file(const struct tc_safetensors *file, unsigned knobs,
                                     struct tc_metadata *meta, struct tc_error *error);

/** Read descriptions of `knobs` knobs, an array of objects. On failure the knobs are undefined.
 *  Errors: TC_BAD_FORMAT, TC_BAD_SHAPE (another number of them), TC_TOO_LARGE (a text). */
enum tc_status tc_knobs_from_json(const json_t *json, unsigned knobs, struct tc_metadata *meta,
                                  struct tc_error *error);

/** The descriptions of `knobs` knobs: an array; NULL without memory. */
json_t *tc_knobs_to_json(const struct tc_metadata *meta, unsigned knobs);

/** The metadata of a model, all keys. Errors: TC_NO_MEMORY. */
enum tc_status tc_metadata_to_json(const struct tc_model *model, json_t **metadata,
                                   struct tc_error *error);

#endif
