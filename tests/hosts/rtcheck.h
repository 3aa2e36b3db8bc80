/** @file
 *  Declarations shared by the parts of the real-time checker. They are one library that is loaded
 *  into hosts, which must not see these names. */
#ifndef HOSTS_RTCHECK_H
#define HOSTS_RTCHECK_H

/* Elsewhere it is empty, which ISO C wants to have a declaration. */
extern const int rtcheck_is_for_linux_on_x86_64;

#if defined(__x86_64__) && defined(__linux__)
#define RTCHECK_HERE

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>

#pragma GCC visibility push(hidden)

/** Of each thread. */
#define TLS __thread __attribute__((tls_model("initial-exec")))
extern TLS int in_run;                 /* depth */
extern TLS volatile unsigned char sel; /* 0 allow, 1 block */
extern TLS int sud_state;              /* 0 not tried, 1 on, -1 unavailable */
extern TLS const char *cur_label;      /* of the plugin that runs */
extern TLS unsigned long cur_n;        /* frames of that run */
extern TLS int reporting;              /* what is called now is no violation */

/** From the environment: see rtcheck.c. */
extern int mode_abort, opt_nosud, opt_bt, logfd;

/** Violations so far. */
extern unsigned long n_viol;

/** The kinds of violations and their counts; the last entry has no name. */
struct violation_count {
    const char *what;
    unsigned long n;
};
extern struct violation_count violation_counts[64];

/** Write to the report. */
void out(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** Record a call of `what` inside run(), which is a violation; `arg` is an argument to report. */
void violation(const char *what, long arg);

#define CHK(name, arg)                    \
    do {                                  \
        if (in_run)                       \
            violation(name, (long)(arg)); \
    } while (0)

/** A system call that is always allowed. */
long rt_raw(long nr, long a, long b, long c, long d, long e, long f);

/** Let all system calls of this thread raise SIGSYS while `sel` is 1, and set sud_state. */
void sud_on(void);

/** The system's dlsym(), once need_dlsym() has looked for it. */
extern void *(*real_dlsym)(void *, const char *);
void need_dlsym(void);

#pragma GCC visibility pop

#endif
#endif
