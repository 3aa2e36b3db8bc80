/** @file
 *  The identity of a model as a plugin: label and UniqueIDs, the same for one name on every machine
 *  and after every retraining. */
#ifndef TC_PLUGIN_IDENTITY_H
#define TC_PLUGIN_IDENTITY_H

#include "tonecell.h"

#define TC_STEREO_SUFFIX "_stereo"

/** Turn any text into a label: lower case, runs of other characters become one underscore, no
 *  stereo suffix, at most TC_LABEL_SIZE - 1 bytes. False when nothing is left of the text. */
bool tc_label_from_text(char label[TC_LABEL_SIZE], const char *text);

/** Whether a label is what tc_label_from_text() would make of it. */
bool tc_label_is_valid(const char *label);

/** Label of a plugin file: "tonecell_crunch.so" is "crunch", any other "name.so" is "name". */
bool tc_label_from_path(char label[TC_LABEL_SIZE], const char *path);

/** The identity of a label, which must be valid. IDs lie in 0x10000 to 0xffffff, away from those
 *  that were given out by hand; stereo_id = mono_id + 1. */
void tc_identity_from_label(struct tc_plugin_identity *identity, const char *label);

/** Bytes of the longest name of a plugin, with its final zero. */
enum { TC_PLUGIN_NAME_SIZE = TC_TEXT_SIZE + 40 };

/** The name that hosts show: the model's, or `label` if it has none, and in parentheses what sets
 *  the plugin apart: its sample rate, if that is known and neither 44.1 nor 48 kHz, and "stereo".
 *  "Amp", "Amp (96 kHz, stereo)". The same in every locale. */
void tc_plugin_name(char name[TC_PLUGIN_NAME_SIZE], const struct tc_metadata *meta,
                    const char *label, bool stereo);

/** Go on to the next pair of IDs; after the last comes the first. */
void tc_identity_next_ids(struct tc_plugin_identity *identity);

#endif
