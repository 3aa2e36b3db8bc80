/** @file
 *  How much longer work takes of which a fraction is done: a range, since machines do not always
 *  work equally fast. */
#ifndef TONECELL_TIME_LEFT_H
#define TONECELL_TIME_LEFT_H

struct time_left_mark {
    double time_s, done;
};

/** The begin of the work, of the last whole interval, and of the present one. */
struct time_left {
    struct time_left_mark begin, last, present;
};

enum { TIME_LEFT_SIZE = 48 };

/** Begin at a time in seconds with a fraction that is done already, as of a resumed training. */
void time_left_begin(struct time_left *left, double time_s, double done);

/** Note what is done now, from 0 to 1. */
void time_left_update(struct time_left *left, double time_s, double done);

/** Write the time left at what was noted last, by the mean speed and by that of the last ten to
 *  twenty seconds: "40 s", "4 to 6 min" or "2.1 to 2.6 h". Returns text, which is empty in the
 *  first two seconds and while nothing was done. */
const char *time_left_text(const struct time_left *left, double time_s, double done,
                           char text[TIME_LEFT_SIZE]);

#endif
