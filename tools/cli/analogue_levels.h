/** @file
 *  Analogue levels of digital full scale: the options --input-level and --output-level.
 *
 *  A level is that of a sine of 1 kHz that peaks at full scale, in dBu RMS, as in NAM files
 *  (input_level_dbu, output_level_dbu). A model carries those of the interface it was recorded
 *  with. Played through another, it meets the levels of the device if
 *
 *      input gain in dB = level of the interface's input - level of the model's input
 *      output gain in dB = level of the model's output - level of the interface's output */
#ifndef TONECELL_ANALOGUE_LEVELS_H
#define TONECELL_ANALOGUE_LEVELS_H

#include "cli/options.h"
#include "tonecell.h"

/** In dBu; REAL_NOT_GIVEN where not given. */
struct analogue_levels {
    double input_dbu, output_dbu;
};

#define LEVELS_NOT_GIVEN               \
    {                                  \
        REAL_NOT_GIVEN, REAL_NOT_GIVEN \
    }

#define LEVEL_OPTION_ROW(name, offset, help, group) \
    OPT_ROW(0, name, OPT_REAL, offset, -60, 60, "DBU", help, group, EXPERT)

/** The options of commands that store levels in a model; `offset` is that of the struct. */
#define STORED_LEVEL_OPTIONS(offset, otherwise)                                                   \
    LEVEL_OPTION_ROW("input-level", (offset) + offsetof(struct analogue_levels, input_dbu),       \
                     "level of full scale at the device's input, stored in the model, in dBu "    \
                     "[" otherwise "]",                                                           \
                     GROUP_OUTPUT),                                                               \
        LEVEL_OPTION_ROW("output-level", (offset) + offsetof(struct analogue_levels, output_dbu), \
                         "the same at the device's output [" otherwise "]", GROUP_OUTPUT)

/** The options of commands that play a model, or make it a plugin. */
#define PLAYED_LEVEL_OPTIONS(offset)                                                              \
    LEVEL_OPTION_ROW(                                                                             \
        "input-level", (offset) + offsetof(struct analogue_levels, input_dbu),                    \
        "level of full scale at your interface's input, in dBu: the input gain makes "            \
        "up for the difference to the model's [the model's]",                                     \
        GROUP_MODEL),                                                                             \
        LEVEL_OPTION_ROW("output-level", (offset) + offsetof(struct analogue_levels, output_dbu), \
                         "the same at your interface's output, by the output gain [the model's]", \
                         GROUP_MODEL)

/** Write the levels that were given into the metadata. */
void analogue_levels_store(struct tc_metadata *meta, const struct analogue_levels *levels);

/** Replace a model by one with the gains above added to its own, and with the levels given. It is
 *  unchanged where none was. False after talk_error(), which names `path`: the model carries no
 *  level to compare with. */
bool analogue_levels_calibrate(struct tc_model **model, const struct analogue_levels *levels,
                               const char *path);

#endif
