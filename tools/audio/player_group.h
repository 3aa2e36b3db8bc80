/** @file
 *  Files that are played together by one tc_player, as its channels, so that the weights are loaded
 *  once for all of them.
 *
 *  The samples of each are those it has alone, to the bit. Files join and leave between blocks; the
 *  player then is replaced by one with the number of channels that they need. */
#ifndef TONECELL_PLAYER_GROUP_H
#define TONECELL_PLAYER_GROUP_H

#include "audio/file_player.h"

/** Channels of a player; more of them save no more time. */
enum { GROUP_MAX_CHANNELS = 16 };

struct player_group {
    enum tc_precision precision;  /* the caller sets it before the first call, all else 0 */
    const struct tc_model *model; /* these two of all files */
    const struct tc_controls *controls;
    struct tc_player *player;
    struct group_member {
        struct file_player *file;
        unsigned first; /* its first channel of the player */
        bool started;   /* the player has its channels */
    } member[GROUP_MAX_CHANNELS];
    unsigned n, channels; /* of all files in `member` */
    bool changed;         /* files have joined or left: the player needs other channels */
    const float *in[TC_MAX_CHANNELS * TC_MAX_AUDIO];
    float *out[TC_MAX_CHANNELS * TC_MAX_AUDIO];
};

/** What was done in a block. */
struct group_progress {
    size_t written, failed; /* files that ended */
    double bytes, audio_s;  /* bytes and seconds of the inputs that were played */
};

/** Add a file, which the group then owns. False, without any change, if its channels are too many
 *  beside the others, its model is another, or its rate is another or not the model's: at another
 *  rate the frames of a player that has begun are at another fraction of the model's; the first
 *  file always fits. */
bool player_group_add(struct player_group *group, struct file_player *file);

/** Play a block of each file. Files that end or fail leave the group. */
struct group_progress player_group_advance(struct player_group *group);

/** Free the player and all files; results that are not complete are removed. */
void player_group_free(struct player_group *group);

#endif
