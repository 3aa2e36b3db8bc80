/** @file
 *  What a checkpoint says of its training, compared with what the command line asks for. */
#ifndef TONECELL_CHECKPOINT_SETTINGS_H
#define TONECELL_CHECKPOINT_SETTINGS_H

#include "tonecell.h"

#include <jansson.h>
#include <stdbool.h>

/** The settings of a training, an object for json_decref(): cell, sizes of the layers, and what the
 *  record of the training has of recordings, options and seed; those of the first training if this
 *  is a second one. Takes the record. */
json_t *checkpoint_settings_of(const struct tc_architecture *arch, json_t *record);

/** Those of the checkpoint in a file; NULL if it cannot be read. */
json_t *checkpoint_settings_read(const char *path);

/** Whether they are those of a second training. */
bool checkpoint_settings_second(const json_t *settings);

/** Say in `text` which settings were others than they are: "--seed was 1, is 2". Of other
 *  recordings options follow, so that they are told alone. Empty: none. */
void checkpoint_settings_compare(const json_t *was, json_t *is, char *text, size_t size);

#endif
