/** @file
 *  The target for files of settings (tools/cli/settings.h). */
#ifndef SETTINGS_TARGET_H
#define SETTINGS_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The read() of struct target: the settings of such a file, written and read again, stay. */
bool read_settings(const uint8_t *bytes, size_t size);

#endif
