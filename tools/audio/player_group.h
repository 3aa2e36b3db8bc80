/** @file
 *  Files that advance together through one player, as channels that share the loads of the weights.
 *
 *  Each sounds as it does alone, to the bit: files come and go between blocks, and the player
 *  always has just the channels that they need. */
#ifndef TONECELL_LANES_H
#define TONECELL_LANES_H

#include "audio/file_player.h"

/** Channels of a player beyond which more of them save no more time. */
enum { LANES_MAX = 16 };

struct lanes {
    const struct tc_model *model;       /* set these three, and no more, before the first call */
    const struct tc_controls *controls; /* of all files */
    enum tc_precision precision;
    struct tc_player *player;
    struct lane {
        struct passage *passage;
        unsigned first; /* channel of the player */
        bool begun;     /* has a channel */
    } lane[LANES_MAX];
    unsigned n, channels; /* of all files in `lane` */
    bool changed;         /* the player has other channels than these files need */
    const float *in[TC_MAX_CHANNELS * TC_MAX_AUDIO];
    float *out[TC_MAX_CHANNELS * TC_MAX_AUDIO];
};

/** What an advance has brought. */
struct lanes_news {
    size_t written, failed; /* files that have ended so */
    double bytes, sound_s;  /* of the inputs, played */
};

/** Take a file over. False if it finds no room beside the others, and then nothing changes; the
 *  first always does, whatever its channels. */
bool lanes_take(struct lanes *lanes, struct passage *passage);

/** Play a block of each file. Those that end or fail leave. */
struct lanes_news lanes_advance(struct lanes *lanes);

/** Free the player, and the files as they are: their results are dropped. */
void lanes_free(struct lanes *lanes);

#endif
