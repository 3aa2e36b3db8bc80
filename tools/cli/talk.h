/** @file
 *  Messages and progress on stderr. Results go to stdout and not through here.
 *
 *  Lines look like `tonecell process: riff.wav: 44100 Hz, but the model was made at 48000 Hz`.
 *  All functions may be called by any thread, and each writes whole lines: a progress bar on a
 *  terminal is wiped before a line and drawn again after it. */
#ifndef TONECELL_TALK_H
#define TONECELL_TALK_H

#include <stdbool.h>

#define TALK_PRINTF __attribute__((format(printf, 2, 3)))

/** Set once, before the first message: the command's name (NULL: none), and whether progress and
 *  plain messages are left out. Errors and warnings are always written. */
void talk_start(const char *command, bool quiet);

/** An error, about a file or (NULL) about none. Neither newline nor full stop in the format. */
void talk_error(const char *file, const char *format, ...) TALK_PRINTF;

/** The same with "warning: " in front: the work goes on. */
void talk_warn(const char *file, const char *format, ...) TALK_PRINTF;

/** A message that is not needed to understand the results; nothing with --quiet. */
void talk_say(const char *file, const char *format, ...) TALK_PRINTF;

/** Begin work whose progress is shown: a bar with the time left, a range (cli/time_left.h), on a
 *  terminal, else a plain line every ten seconds; nothing with --quiet. at_most: it may end sooner.
 *  One at a time. */
void talk_progress_begin(bool at_most);

/** Show the fraction that is done (0 to 1; negative = unknown), with a short text such as a rate
 *  and a score. Cheap enough to call for every block: it writes ten times a second at most. */
void talk_progress(double done, const char *format, ...) TALK_PRINTF;

/** Wipe the bar. */
void talk_progress_end(void);

/** Write seconds as "8 s", "3 min 20 s" or "2 h 05 min". Returns text. */
const char *talk_duration(double seconds, char text[32]);

#endif
