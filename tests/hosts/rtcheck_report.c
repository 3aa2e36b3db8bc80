/* The real-time checker's list and report of violations. */
#include "rtcheck.h"

#ifdef RTCHECK_HERE
#include <execinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

TLS int in_run;
TLS volatile unsigned char sel;
TLS int sud_state;
TLS const char *cur_label;
TLS unsigned long cur_n;
TLS int reporting;

int mode_abort = 1, opt_nosud, opt_bt, logfd = 2;
unsigned long n_viol;
struct violation_count violation_counts[64];

void out(const char *fmt, ...)
{
    char b[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(b, sizeof b, fmt, ap);
    va_end(ap);
    if (n > (int)sizeof b - 1)
        n = sizeof b - 1;
    rt_raw(SYS_write, logfd, (long)b, n, 0, 0, 0);
}

void violation(const char *what, long arg)
{
    if (reporting)
        return;
    unsigned char s = sel;
    int d = in_run;
    sel = 0;
    in_run = 0;
    reporting = 1;
    unsigned long k = __atomic_add_fetch(&n_viol, 1, __ATOMIC_SEQ_CST);
    int i;
    for (i = 0; i < 63 && violation_counts[i].what && strcmp(violation_counts[i].what, what); i++)
        ;
    violation_counts[i].what = what;
    violation_counts[i].n++;
    if (k <= 20 || mode_abort) {
        out("rtcheck: VIOLATION %s(%ld) inside run() of '%s', %lu frames\n", what, arg,
            cur_label ? cur_label : "?", cur_n);
        if (mode_abort || opt_bt) {
            void *bt[24];
            int n = backtrace(bt, 24);
            backtrace_symbols_fd(bt, n, logfd);
        }
    }
    if (mode_abort)
        abort();
    reporting = 0;
    in_run = d;
    sel = s;
}
#endif
