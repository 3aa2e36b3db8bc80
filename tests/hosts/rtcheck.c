/* Checks in any unmodified host that a LADSPA plugin's run() is safe for real time:
 *
 *     RTCHECK_MODE=abort LD_PRELOAD=./rtcheck.so applyplugin in.wav out.wav plugin.so label ...
 *
 * Two independent checks are active only while a thread is inside run() or run_adding():
 *   1. wrappers around malloc, free, pthread_mutex_lock, open, write and others name the function,
 *   2. Syscall User Dispatch (prctl 59, Linux >= 5.11): every system call of the thread, also from
 *      inside libc, from static code or from inline assembly, raises SIGSYS.
 *      (vDSO calls such as clock_gettime() make no system call and are not seen.)
 * It also watches, per run(): page faults, context switches, a changed floating point mode,
 * NaN, infinity and denormals on the outputs, the sticky flags of MXCSR (IE invalid, DE denormal
 * operand, UE underflow: they show denormals inside the plugin on any CPU), and time.
 *
 * How it gets in: dlsym("ladspa_descriptor") is intercepted, and the descriptors are patched in
 * place so that the host calls the functions of this file.
 *
 * Environment: RTCHECK_MODE   abort (default: report and abort()) or count (report, go on)
 *              RTCHECK_LOG    file for the report (default: stderr)
 *              RTCHECK_NOSUD  set: without the second check
 *              RTCHECK_BT     set: a backtrace in count mode, too
 * With violations in count mode the process ends with status 86 at exit(). */
#include "rtcheck.h"

#ifdef RTCHECK_HERE
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <ladspa.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <xmmintrin.h>

static unsigned long n_runs, n_patched;

#define MAXPORT 512
struct patched {
    LADSPA_Descriptor *live; /* what the host sees */
    LADSPA_Descriptor orig;
};
#define MAXDESC 4096
static struct patched descs[MAXDESC];
static int ndesc;
struct monitored_instance {
    LADSPA_Handle h;
    struct patched *d;
    LADSPA_Data *port[MAXPORT];
    unsigned long runs, frames, minflt, majflt, nvcsw, nivcsw, nan, inf, den, mxcsr, de, ue, ie;
    unsigned long first_minflt;
    double maxns_per_frame, maxns, totns;
    unsigned long maxns_n;
};
#define MAXINST 4096
static struct monitored_instance *insts[MAXINST];
static int ninst;
static pthread_mutex_t tab = PTHREAD_MUTEX_INITIALIZER;

/* By its address, or as a copy: csound makes some. */
static struct patched *find_desc(const LADSPA_Descriptor *l)
{
    for (int i = 0; i < ndesc; i++)
        if (descs[i].live == l ||
            (descs[i].orig.Label == l->Label && descs[i].orig.UniqueID == l->UniqueID))
            return &descs[i];
    return NULL;
}
static struct monitored_instance *find_inst(LADSPA_Handle h)
{
    for (int i = ninst - 1; i >= 0; i--)
        if (insts[i] && insts[i]->h == h)
            return insts[i];
    return NULL;
}
static LADSPA_Handle w_instantiate(const LADSPA_Descriptor *l, unsigned long sr)
{
    struct patched *d = find_desc(l);
    if (!d)
        return NULL;
    LADSPA_Handle h = d->orig.instantiate(l, sr);
    if (!h)
        return NULL;
    struct monitored_instance *i = calloc(1, sizeof *i);
    i->h = h;
    i->d = d;
    pthread_mutex_lock(&tab);
    if (ninst < MAXINST)
        insts[ninst++] = i;
    pthread_mutex_unlock(&tab);
    return h;
}
static void w_connect(LADSPA_Handle h, unsigned long p, LADSPA_Data *x)
{
    struct monitored_instance *i = find_inst(h);
    if (p < MAXPORT)
        i->port[p] = x;
    i->d->orig.connect_port(h, p, x);
}

/* Time and resources that one run() took. */
struct cost {
    struct rusage usage;
    struct timespec time;
};

static void add_cost(struct monitored_instance *i, unsigned long n, const struct cost *a,
                     const struct cost *b)
{
    const struct rusage *const u = &a->usage, *const v = &b->usage;
    double ns = (double)(b->time.tv_sec - a->time.tv_sec) * 1e9 +
                (double)(b->time.tv_nsec - a->time.tv_nsec);
    unsigned long mf = (unsigned long)(v->ru_minflt - u->ru_minflt);

    i->totns += ns;
    if (ns > i->maxns) {
        i->maxns = ns;
        i->maxns_n = n;
    }
    if (!i->runs)
        i->first_minflt = mf;
    i->runs++;
    __atomic_add_fetch(&n_runs, 1, __ATOMIC_RELAXED);
    i->frames += n;
    i->minflt += mf;
    i->majflt += (unsigned long)(v->ru_majflt - u->ru_majflt);
    i->nvcsw += (unsigned long)(v->ru_nvcsw - u->ru_nvcsw);
    i->nivcsw += (unsigned long)(v->ru_nivcsw - u->ru_nivcsw);
}

static void check_mode(struct monitored_instance *i, unsigned before, unsigned after)
{
    i->ie += after & 1;
    i->de += after >> 1 & 1;
    i->ue += after >> 4 & 1;
    if ((before ^ after) & ~0x3fu) { /* control bits, not the sticky flags */
        i->mxcsr++;
        _mm_setcsr(before);
    }
}

static void check_outputs(struct monitored_instance *i, unsigned long n)
{
    const LADSPA_Descriptor *d = &i->d->orig;

    for (unsigned long p = 0; p < d->PortCount && p < MAXPORT; p++) {
        if (!LADSPA_IS_PORT_OUTPUT(d->PortDescriptors[p]) || !i->port[p])
            continue;
        unsigned long m = LADSPA_IS_PORT_AUDIO(d->PortDescriptors[p]) ? n : 1;
        for (unsigned long s = 0; s < m; s++) {
            uint32_t u;
            memcpy(&u, &i->port[p][s], 4);
            uint32_t e = u & 0x7f800000u, q = u & 0x7fffffu;
            i->nan += e == 0x7f800000u && q;
            i->inf += e == 0x7f800000u && !q;
            i->den += !e && q;
        }
    }
}

static void do_run(LADSPA_Handle h, unsigned long n, int adding)
{
    struct monitored_instance *i = find_inst(h);
    void (*f)(LADSPA_Handle, unsigned long) = adding ? i->d->orig.run_adding : i->d->orig.run;
    struct cost before, after;

    if (!sud_state)
        sud_on();
    getrusage(RUSAGE_THREAD, &before.usage);
    unsigned csr = _mm_getcsr() & ~0x3fu;
    _mm_setcsr(csr); /* clear the sticky flags: DE/UE afterwards mean denormals inside this run() */
    cur_label = i->d->orig.Label;
    cur_n = n;
    clock_gettime(CLOCK_MONOTONIC, &before.time);
    in_run = 1;
    if (sud_state > 0)
        sel = 1;
    f(h, n);
    sel = 0;
    in_run = 0;
    clock_gettime(CLOCK_MONOTONIC, &after.time);
    unsigned csr2 = _mm_getcsr();
    getrusage(RUSAGE_THREAD, &after.usage);
    check_mode(i, csr, csr2);
    add_cost(i, n, &before, &after);
    check_outputs(i, n);
}
static void w_run(LADSPA_Handle h, unsigned long n)
{
    do_run(h, n, 0);
}
static void w_run_adding(LADSPA_Handle h, unsigned long n)
{
    do_run(h, n, 1);
}
static void inst_report(struct monitored_instance *i)
{
    out("rtcheck: '%s' runs=%lu frames=%lu violations_total=%lu minor_faults=%lu (first run %lu) "
        "major_faults=%lu "
        "ctx_switches=%lu+%lu mxcsr_changed=%lu nan=%lu inf=%lu denormal=%lu "
        "runs_with_IE/DE/UE=%lu/%lu/%lu mean_ns_per_frame=%.1f max_run_us=%.1f (n=%lu) "
        "sud=%s\n",
        i->d->orig.Label, i->runs, i->frames, n_viol, i->minflt, i->first_minflt, i->majflt,
        i->nvcsw, i->nivcsw, i->mxcsr, i->nan, i->inf, i->den, i->ie, i->de, i->ue,
        i->frames ? i->totns / (double)i->frames : 0, i->maxns / 1e3, i->maxns_n,
        opt_nosud ? "off" : "on");
}
static void w_cleanup(LADSPA_Handle h)
{
    struct monitored_instance *i = find_inst(h);
    void (*f)(LADSPA_Handle) = NULL;
    pthread_mutex_lock(&tab);
    for (int k = 0; k < ninst; k++)
        if (insts[k] && insts[k] == i)
            insts[k] = NULL;
    pthread_mutex_unlock(&tab);
    if (i) {
        f = i->d->orig.cleanup;
        if (i->runs)
            inst_report(i);
        free(i);
    }
    if (f)
        f(h);
}

static void patch(LADSPA_Descriptor_Function f)
{
    for (unsigned long k = 0; k < 100000; k++) {
        LADSPA_Descriptor *d = (LADSPA_Descriptor *)f(k);
        if (!d)
            break;
        struct patched *x = find_desc(d);
        if (d->instantiate == w_instantiate || (!x && ndesc >= MAXDESC))
            continue;
        uintptr_t a = (uintptr_t)d & ~4095ul, e = ((uintptr_t)(d + 1) + 4095) & ~4095ul;
        if (mprotect((void *)a, e - a, PROT_READ | PROT_WRITE))
            continue;
        if (!x) /* else one that was there before another library was unloaded */
            x = &descs[ndesc++];
        x->live = d;
        x->orig = *d;
        d->instantiate = w_instantiate;
        d->connect_port = w_connect;
        if (d->run)
            d->run = w_run;
        if (d->run_adding)
            d->run_adding = w_run_adding;
        d->cleanup = w_cleanup;
        n_patched++;
    }
}

void *(*real_dlsym)(void *, const char *);
void need_dlsym(void)
{
    if (!real_dlsym) {
        real_dlsym = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
        if (!real_dlsym)
            real_dlsym = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
    }
}

void *dlsym(void *h, const char *name)
{
    if (!real_dlsym)
        need_dlsym();
    if (name[0] == 'l' && !strcmp(name, "ladspa_descriptor")) {
        void *f = real_dlsym(h, name);
        if (f)
            patch((LADSPA_Descriptor_Function)f);
        return f;
    }
    return real_dlsym(
        h, name); /* must stay a tail call: dlsym(RTLD_NEXT) looks at the return address */
}

__attribute__((constructor)) static void init(void)
{
    need_dlsym();
    const char *m = getenv("RTCHECK_MODE"), *l = getenv("RTCHECK_LOG");
    mode_abort = !(m && !strcmp(m, "count"));
    opt_nosud = getenv("RTCHECK_NOSUD") != NULL;
    opt_bt = getenv("RTCHECK_BT") != NULL;
    if (l) {
        int fd = open(l, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        if (fd >= 0)
            logfd = fd;
    }
    void *bt[4];
    backtrace(bt, 4); /* loads libgcc_s now */
}
__attribute__((destructor)) static void fini(void)
{
    for (int k = 0; k < ninst; k++) /* hosts that never call cleanup() */
        if (insts[k] && insts[k]->runs)
            inst_report(insts[k]);
    if (!n_runs && !n_viol)
        return; /* helper process (scanner, shell) */
    out("rtcheck: total patched_descriptors=%lu runs=%lu violations=%lu", n_patched, n_runs,
        n_viol);
    for (int i = 0; i < 64 && violation_counts[i].what; i++)
        out(" %s=%lu", violation_counts[i].what, violation_counts[i].n);
    out("\n");
    if (n_viol)
        rt_raw(SYS_exit_group, 86, 0, 0, 0, 0, 0);
}
#endif
