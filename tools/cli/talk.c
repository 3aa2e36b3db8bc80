#include "config.h"
#include "cli/talk.h"

#include "cli/paths.h"
#include "cli/printable.h"
#include "cli/time_left.h"
#include "clock.h"

#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BAR_WIDTH = 24, MIN_BAR_WIDTH = 8, USUAL_COLUMNS = 80, TEXT_SIZE = 96, REMAINING_SIZE = 64 };

static const double BAR_EVERY_S = 0.1, LINE_EVERY_S = 10.0;

/* Set by talk_start(), before there is a second thread. */
static struct {
    const char *command;
    bool quiet, terminal;
} output;

/* The progress that is shown, guarded by its lock, which also keeps lines whole. */
static struct {
    pthread_mutex_t lock;
    bool active, drawn, at_most, measured;
    struct time_left left; /* if measured */
    double shown_s;
} bar = {.lock = PTHREAD_MUTEX_INITIALIZER};

void talk_start(const char *command, bool quiet)
{
    output.command = command;
    output.quiet = quiet;
    output.terminal = isatty(STDERR_FILENO) == 1;
}

static void wipe_bar(void)
{
    if (bar.drawn)
        fputs("\r\033[K", stderr);
    bar.drawn = false;
}

static void write_message(const char *file, const char *kind, const char *format, va_list arguments)
{
    pthread_mutex_lock(&bar.lock);
    wipe_bar();
    fprintf(stderr, output.command ? "tonecell %s: " : "tonecell: ", output.command);
    if (file)
        fprintf(stderr, "%s: ", SHOWN_PATH(file));
    fputs(kind, stderr);
    print_shown(stderr, format, arguments);
    fputc('\n', stderr);
    pthread_mutex_unlock(&bar.lock);
}

void talk_error(const char *file, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_message(file, "", format, arguments);
    va_end(arguments);
}

void talk_warn(const char *file, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_message(file, "warning: ", format, arguments);
    va_end(arguments);
}

void talk_say(const char *file, const char *format, ...)
{
    va_list arguments;

    if (output.quiet)
        return;
    va_start(arguments, format);
    write_message(file, "", format, arguments);
    va_end(arguments);
}

const char *talk_duration(double seconds, char text[32])
{
    const double whole = fmin(fmax(floor(seconds + 0.5), 0.0), 3.6e8);
    const unsigned s = (unsigned)whole;

    if (s < 60)
        snprintf(text, 32, "%u s", s);
    else if (s < 3600)
        snprintf(text, 32, "%u min %02u s", s / 60, s % 60);
    else
        snprintf(text, 32, "%u h %02u min", s / 3600, s / 60 % 60);
    return text;
}

static int terminal_columns(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                           : USUAL_COLUMNS;
}

/* As wide as the other text permits. Returns the columns that it takes. */
static int draw_cells(double done, int columns)
{
    const int width = columns - 3 < BAR_WIDTH ? columns - 3 : BAR_WIDTH;
    const int full = (int)(done * width);

    if (width < MIN_BAR_WIDTH)
        return 0;
    fputc('[', stderr);
    for (int i = 0; i < width; ++i)
        fputc(i < full ? '#' : '.', stderr);
    fputs("] ", stderr);
    return width + 3;
}

/* Narrower than the terminal: a line that wraps is not wiped by the next. */
static void draw_bar(double done, const char *text, const char *remaining)
{
    int columns = terminal_columns() - 1;
    char line[TEXT_SIZE + REMAINING_SIZE + 16];

    fputc('\r', stderr);
    if (done >= 0.0) {
        const int length =
            snprintf(line, sizeof line, "%3.0f %%  %s%s", 100.0 * done, text, remaining);

        columns -= draw_cells(done, columns - length);
    } else {
        snprintf(line, sizeof line, "%s", text);
    }
    fprintf(stderr, "%.*s\033[K", columns > 0 ? columns : 0, line);
    fflush(stderr);
    bar.drawn = true;
}

static void write_line(double done, const char *text, const char *remaining)
{
    fprintf(stderr, output.command ? "tonecell %s: " : "tonecell: ", output.command);
    if (done >= 0.0)
        fprintf(stderr, "%.0f %%  ", 100.0 * done);
    fprintf(stderr, "%s%s\n", text, remaining);
}

void talk_progress_begin(bool at_most)
{
    pthread_mutex_lock(&bar.lock);
    bar.active = !output.quiet;
    bar.at_most = at_most;
    bar.measured = false;
    bar.shown_s = tc_now_s();
    pthread_mutex_unlock(&bar.lock);
}

static void show_progress(double done, const char *text, double now)
{
    char remaining[REMAINING_SIZE] = "", range[TIME_LEFT_SIZE];

    if (bar.measured && *time_left_text(&bar.left, now, done, range))
        snprintf(remaining, sizeof remaining, "  %s%s left", bar.at_most ? "at most " : "", range);
    if (output.terminal)
        draw_bar(done, text, remaining);
    else
        write_line(done, text, remaining);
    bar.shown_s = now;
}

/* Work that is resumed begins with a part of it done. */
static void measure_progress(double done, double now)
{
    if (bar.measured)
        time_left_update(&bar.left, now, done);
    else
        time_left_begin(&bar.left, now, done);
    bar.measured = true;
}

void talk_progress(double done, const char *format, ...)
{
    const double now = tc_now_s();
    char text[TEXT_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    pthread_mutex_lock(&bar.lock);
    if (done >= 0.0)
        measure_progress(fmin(done, 1.0), now);
    if (bar.active && now - bar.shown_s >= (output.terminal ? BAR_EVERY_S : LINE_EVERY_S))
        show_progress(fmin(done, 1.0), text, now);
    pthread_mutex_unlock(&bar.lock);
}

void talk_progress_end(void)
{
    pthread_mutex_lock(&bar.lock);
    wipe_bar();
    bar.active = false;
    pthread_mutex_unlock(&bar.lock);
}
