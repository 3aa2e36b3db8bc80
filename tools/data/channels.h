/** @file
 *  Which channels of a recording are used: models are mono, but recorders write stereo files whose
 *  second side is silent, or the same. */
#ifndef TONECELL_CHANNELS_H
#define TONECELL_CHANNELS_H

#include "audio/audio.h"
#include "cli/options.h"
#include "data/findings.h"

#include <stdbool.h>

/** The words of --channel. */
enum channel_choice { CHANNEL_LEFT, CHANNEL_RIGHT, CHANNEL_MID, CHANNEL_SPLIT, CHANNEL_AUTOMATIC };

/** The option of the commands that take recordings: an int, CHANNEL_AUTOMATIC before parsing. */
#define CHANNEL_OPTION(offset)                                                                    \
    OPT_ROW(0, "channel", OPT_CHOICE, offset, 0, 0, "left|right|mid|split",                       \
            "channel to use of files with several: left, right, the mean of both, or split: DRY " \
            "is the left and WET the right one of a single file [the one with a signal]",         \
            GROUP_DATA, EVERYDAY)

/** Leave only those channels in *audio that are used.
 *
 *  CHANNEL_AUTOMATIC leaves out channels that are silent but for a noise floor, and of those that
 *  differ by no more than a gain all but one, and reports it. CHANNEL_SPLIT takes the left one for
 *  the input and the right one for the target. All but it leave a mono file as it is.
 *
 *  number  (audio->channels) receives the number, from 1, in the file of each that is left; 0 = the
 *          mean of two
 *
 *  Errors: TC_BAD_SHAPE (nothing to split), without the name of the file. */
enum tc_status channels_choose(struct audio *audio, enum channel_choice choice, bool is_target,
                               const char *path, unsigned *number, struct findings *findings,
                               struct tc_error *error);

/** The first of a target's channels that is the input's only one but for a gain; its number of
 *  channels if none is. Used where their numbers differ. */
unsigned channels_find_input(const struct audio *input, const struct audio *target);

#endif
