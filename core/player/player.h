/** @file
 *  Players whose model runs at another rate than the host. */
#ifndef TC_PLAYER_H
#define TC_PLAYER_H

#include "player/converter.h"

/** As tc_player_new_with(), with memory for any converter that needs no more than `largest` (none
 *  if that is all 0). */
enum tc_status tc_player_new_converting(struct tc_player **player, const struct tc_model *model,
                                        unsigned channels, double rate_hz,
                                        enum tc_precision precision,
                                        const struct tc_converter_size *largest,
                                        struct tc_error *error);

/** Start afresh, as after tc_player_reset(), with a converter for as many channels that stays the
 *  caller's, or with none (NULL). It is of this player alone. */
void tc_player_set_converter(struct tc_player *player, struct tc_converter *converter) TC_REALTIME;

#endif
