#include "cli/time_left.h"

#include <math.h>
#include <stdio.h>

static const double interval_s = 10.0, first_s = 2.0;

/* Both ends are given in the unit of the upper one, which stays below so many seconds. */
static const struct unit {
    const char *name;
    double seconds, below_s;
    int decimals;
} units[] = {
    {"s", 1.0, 100.0, 0},
    {"min", 60.0, 6000.0, 0},
    {"h", 3600.0, INFINITY, 1},
};

void time_left_begin(struct time_left *left, double time_s, double done)
{
    const struct time_left_mark now = {time_s, done};

    *left = (struct time_left){now, now, now};
}

void time_left_update(struct time_left *left, double time_s, double done)
{
    if (time_s - left->present.time_s < interval_s)
        return;
    left->last = left->present;
    left->present = (struct time_left_mark){time_s, done};
}

/* At the mean speed since a mark. */
static double seconds_since(const struct time_left_mark *mark, double time_s, double done)
{
    return (time_s - mark->time_s) * (1.0 - done) / (done - mark->done);
}

static const struct unit *unit_of(double seconds)
{
    const struct unit *unit = units;

    while (seconds >= unit->below_s)
        ++unit;
    return unit;
}

const char *time_left_text(const struct time_left *left, double time_s, double done,
                           char text[TIME_LEFT_SIZE])
{
    double mean, recent, least, most;
    const struct unit *unit;

    text[0] = '\0';
    if (time_s - left->begin.time_s < first_s || done <= left->begin.done)
        return text;
    mean = seconds_since(&left->begin, time_s, done);
    recent = done > left->last.done ? seconds_since(&left->last, time_s, done) : mean;
    least = fmin(mean, recent);
    most = fmax(mean, recent);
    unit = unit_of(most);
    least = fmax(least / unit->seconds, unit->decimals ? 0.1 : 1.0);
    most = fmax(most / unit->seconds, least);
    if (most - least < (unit->decimals ? 0.1 : 1.0) || most < 1.1 * least)
        snprintf(text, TIME_LEFT_SIZE, "%.*f %s", unit->decimals, most, unit->name);
    else
        snprintf(text, TIME_LEFT_SIZE, "%.*f to %.*f %s", unit->decimals, least, unit->decimals,
                 most, unit->name);
    return text;
}
