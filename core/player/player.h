/** @file
 *  Players whose model runs at another rate than the host. */
#ifndef TC_PLAYER_H
#define TC_PLAYER_H

#include "player/converter.h"

/** As tc_player_new(), with a converter for as many channels that stays the caller's and is of this
 *  player alone, whatever the controls choose. */
enum tc_status tc_player_new_converting(struct tc_player **player, const struct tc_model *model,
                                        unsigned channels, double rate_hz,
                                        struct tc_converter *converter, struct tc_error *error);

#endif
