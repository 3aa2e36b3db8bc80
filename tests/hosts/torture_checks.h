/** @file
 *  The checks of the torture host, by the file they are in. Each prints why it fails, and returns
 *  whether it does. */
#ifndef TORTURE_CHECKS_H
#define TORTURE_CHECKS_H

#include <stdbool.h>

/* torture_descriptor.c */
bool check_descriptor(void);

/* torture_life.c */
bool check_rates(void);
bool check_life_cycle(void);
bool check_null_handle(void);
bool check_reset(void);
bool check_reload(void);

/* torture_blocks.c */
bool check_block_sizes(void);
bool check_empty_block(void);
bool check_large_block(void);
bool check_in_place(void);
bool check_one_buffer(void);
bool check_bounds(void);
bool check_run_adding(void);

/* torture_values.c */
bool check_controls(void);
bool check_inputs(void);
bool check_silence(void);

/* torture_surroundings.c */
bool check_float_mode(void);
bool check_instances(void);
bool check_threads(void);
bool check_many_instances(void);
bool check_parallel(void);

/* torture_random.c */
bool check_random_calls(void);
bool check_automation(void);
bool check_long_automation(void);

/* torture_long.c */
bool check_hours_of_levels(void);
bool check_hours_of_sine(void);

#endif
