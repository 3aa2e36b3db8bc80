/* Checks in any unmodified host that a LADSPA plugin's run() is safe for real time:
 *
 *     RTCHECK_MODE=abort LD_PRELOAD=./rtcheck.so applyplugin in.wav out.wav plugin.so label ...
 *
 * Two independent nets are active only while a thread is inside run() or run_adding():
 *   1. wrappers around malloc, free, pthread_mutex_lock, open, write and others name the function,
 *   2. Syscall User Dispatch (prctl 59, Linux >= 5.11): every system call of the thread, also from
 *      inside libc, from static code or from inline assembly, raises SIGSYS.
 *      (vDSO calls such as clock_gettime() make no system call and are not seen.)
 * It also watches, per run(): page faults, context switches, the floating point mode left changed,
 * NaN, infinity and denormals on the outputs, the sticky flags of MXCSR (IE invalid, DE denormal
 * operand, UE underflow: they show denormals inside the plugin on any CPU), and time.
 *
 * How it gets in: dlsym("ladspa_descriptor") is intercepted, and the descriptors are patched in
 * place so that the host calls the functions of this file.
 *
 * Environment: RTCHECK_MODE   abort (default: report and abort()) or count (report, go on)
 *              RTCHECK_LOG    file for the report (default: stderr)
 *              RTCHECK_NOSUD  set: without the second net
 *              RTCHECK_BT     set: a backtrace in count mode, too
 * With violations in count mode the process ends with status 86 at exit(). */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#if defined(__x86_64__) && defined(__linux__)
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <ladspa.h>
#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include <xmmintrin.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#define PR_SYS_DISPATCH_ON 1
#endif

/* --- code that may always make system calls: raw syscall stub + signal restorer ---------- */
__asm__(".pushsection .text.rtexempt,\"ax\",@progbits\n"
        ".balign 64\n"
        ".globl rt_exempt_begin\n.hidden rt_exempt_begin\nrt_exempt_begin:\n"
        ".globl rt_raw\n.hidden rt_raw\n.type rt_raw,@function\n"
        "rt_raw:\n" /* long rt_raw(long nr, a1..a5 in regs, a6 on stack) */
        "  movq %rdi,%rax\n  movq %rsi,%rdi\n  movq %rdx,%rsi\n  movq %rcx,%rdx\n"
        "  movq %r8,%r10\n  movq %r9,%r8\n  movq 8(%rsp),%r9\n  syscall\n  ret\n"
        ".globl rt_restorer\n.hidden rt_restorer\nrt_restorer:\n"
        "  movq $15,%rax\n  syscall\n  ud2\n" /* the kernel compares the address after the syscall
                                                 insn */
        ".globl rt_exempt_end\n.hidden rt_exempt_end\nrt_exempt_end:\n"
        ".popsection\n");
extern char rt_exempt_begin[], rt_exempt_end[];
extern long rt_raw(long nr, long a, long b, long c, long d, long e, long f);
extern void rt_restorer(void);

#define TLS static __thread __attribute__((tls_model("initial-exec")))
TLS int in_run;                 /* depth */
TLS volatile unsigned char sel; /* 0 allow, 1 block */
TLS int sud_state;              /* 0 not tried, 1 on, -1 unavailable */
TLS const char *cur_label;
TLS unsigned long cur_n;
TLS int reporting;

static int mode_abort = 1, opt_nosud, opt_bt, logfd = 2;
static unsigned long n_viol, n_runs, n_patched;
static struct {
    const char *what;
    unsigned long n;
} kinds[64];

static void out(const char *fmt, ...)
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

static void violation(const char *what, long arg)
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
    for (i = 0; i < 63 && kinds[i].what && strcmp(kinds[i].what, what); i++)
        ;
    kinds[i].what = what;
    kinds[i].n++;
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
#define CHK(name, arg)                    \
    do {                                  \
        if (in_run)                       \
            violation(name, (long)(arg)); \
    } while (0)

/* --- net 2: every system call -------------------------------------------------------------- */
static char sysname_buf[512][32];
static const char *sysname(long nr)
{
    static const struct {
        int n;
        const char *s;
    } t[] = {{0, "read"},
             {1, "write"},
             {2, "open"},
             {3, "close"},
             {9, "mmap"},
             {10, "mprotect"},
             {11, "munmap"},
             {12, "brk"},
             {16, "ioctl"},
             {24, "sched_yield"},
             {25, "mremap"},
             {28, "madvise"},
             {35, "nanosleep"},
             {39, "getpid"},
             {186, "gettid"},
             {202, "futex"},
             {230, "clock_nanosleep"},
             {257, "openat"},
             {262, "newfstatat"},
             {318, "getrandom"},
             {56, "clone"},
             {435, "clone3"}};
    for (unsigned i = 0; i < sizeof t / sizeof *t; i++)
        if (t[i].n == nr) {
            static char b[32][28];
            snprintf(b[i], 28, "syscall:%s", t[i].s);
            return b[i];
        }
    unsigned k = (unsigned long)nr % 512;
    snprintf(sysname_buf[k], 32, "syscall:%ld", nr);
    return sysname_buf[k];
}

static void on_sigsys(int sig, siginfo_t *si, void *ctxv)
{
    (void)sig;
    ucontext_t *c = ctxv;
    sel = 0;
    int d = in_run, e = errno;
    greg_t *g = c->uc_mcontext.gregs;
    long nr = si->si_syscall;
    if (si->si_code != 2 /* SYS_USER_DISPATCH */) {
        out("rtcheck: SIGSYS of another kind\n");
        abort();
    }
    if (!reporting && d)
        violation(sysname(nr), (long)g[REG_RDI]);
    sel = 0;
    if (nr == SYS_clone || nr == 435 || nr == SYS_fork || nr == SYS_vfork || nr == SYS_execve ||
        nr == SYS_rt_sigreturn) {
        g[REG_RIP] -= 2; /* let it happen natively; checking is off until the next run() */
        g[REG_RAX] = nr;
        errno = e;
        return;
    }
    g[REG_RAX] = rt_raw(nr, g[REG_RDI], g[REG_RSI], g[REG_RDX], g[REG_R10], g[REG_R8], g[REG_R9]);
    errno = e;
    sel = d ? 1 : 0;
}

struct ksigaction {
    void (*h)(int, siginfo_t *, void *);
    unsigned long flags;
    void (*restorer)(void);
    unsigned long mask;
};

static void sud_on(void)
{
    if (opt_nosud) {
        sud_state = -1;
        return;
    }
    struct ksigaction ka = {on_sigsys, SA_SIGINFO | SA_NODEFER | 0x04000000 /* SA_RESTORER */,
                            rt_restorer, 0};
    long r = rt_raw(SYS_rt_sigaction, SIGSYS, (long)&ka, 0, 8, 0, 0);
    sigset_t s;
    sigemptyset(&s);
    sigaddset(&s, SIGSYS);
    pthread_sigmask(SIG_UNBLOCK, &s, NULL);
    if (!r)
        r = prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, rt_exempt_begin,
                  rt_exempt_end - rt_exempt_begin, &sel);
    sud_state = r ? -1 : 1;
    if (r)
        out("rtcheck: Syscall User Dispatch not available (%ld), wrappers only\n", r);
}

/* --- net 1: wrappers ----------------------------------------------------------------------- */
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);
void *malloc(size_t n)
{
    CHK("malloc", n);
    return __libc_malloc(n);
}
void *calloc(size_t a, size_t b)
{
    CHK("calloc", a * b);
    return __libc_calloc(a, b);
}
void *realloc(void *p, size_t n)
{
    CHK("realloc", n);
    return __libc_realloc(p, n);
}
void free(void *p)
{
    if (p)
        CHK("free", 0);
    __libc_free(p);
}
void *memalign(size_t a, size_t n)
{
    CHK("memalign", n);
    return __libc_memalign(a, n);
}
void *aligned_alloc(size_t a, size_t n)
{
    CHK("aligned_alloc", n);
    return __libc_memalign(a, n);
}
int posix_memalign(void **p, size_t a, size_t n)
{
    CHK("posix_memalign", n);
    *p = __libc_memalign(a, n);
    return *p ? 0 : ENOMEM;
}

static void *(*real_dlsym)(void *, const char *);
static void need_dlsym(void)
{
    if (!real_dlsym) {
        real_dlsym = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
        if (!real_dlsym)
            real_dlsym = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
    }
}
/* X(return type, name, parameter list, argument list, number shown) */
#define REAL(ret, name, params)                                 \
    static ret(*r_##name) params;                               \
    if (!r_##name) {                                            \
        need_dlsym();                                           \
        r_##name = (ret(*) params)real_dlsym(RTLD_NEXT, #name); \
    }
#define WRAP(ret, name, params, args, show) \
    ret name params                         \
    {                                       \
        REAL(ret, name, params)             \
        CHK(#name, show);                   \
        return r_##name args;               \
    }
WRAP(int, pthread_mutex_lock, (pthread_mutex_t * m), (m), 0)
WRAP(int, pthread_mutex_trylock, (pthread_mutex_t * m), (m), 0)
WRAP(int, pthread_mutex_unlock, (pthread_mutex_t * m), (m), 0)
WRAP(int, pthread_rwlock_rdlock, (pthread_rwlock_t * m), (m), 0)
WRAP(int, pthread_rwlock_wrlock, (pthread_rwlock_t * m), (m), 0)
WRAP(int, pthread_spin_lock, (pthread_spinlock_t * m), (m), 0)
WRAP(int, pthread_cond_signal, (pthread_cond_t * c), (c), 0)
WRAP(int, pthread_cond_wait, (pthread_cond_t * c, pthread_mutex_t *m), (c, m), 0)
WRAP(int, pthread_join, (pthread_t t, void **r), (t, r), 0)
WRAP(int, sem_wait, (sem_t * s), (s), 0)
WRAP(int, sem_post, (sem_t * s), (s), 0)
WRAP(int, usleep, (useconds_t u), (u), u)
WRAP(unsigned, sleep, (unsigned u), (u), u)
WRAP(FILE *, fopen, (const char *p, const char *m), (p, m), 0)
WRAP(int, fclose, (FILE * f), (f), 0)
WRAP(int, puts, (const char *s), (s), 0)
WRAP(size_t, fwrite, (const void *p, size_t a, size_t b, FILE *f), (p, a, b, f), a *b)
WRAP(int, fputs, (const char *s, FILE *f), (s, f), 0)
WRAP(int, fputc, (int c, FILE *f), (c, f), c)
WRAP(ssize_t, read, (int fd, void *p, size_t n), (fd, p, n), fd)
WRAP(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n), fd)
WRAP(int, close, (int fd), (fd), fd)
WRAP(void *, mmap, (void *a, size_t n, int p, int f, int fd, off_t o), (a, n, p, f, fd, o), n)
WRAP(int, munmap, (void *a, size_t n), (a, n), n)
WRAP(void *, dlopen, (const char *f, int m), (f, m), 0)
WRAP(int, vprintf, (const char *f, va_list a), (f, a), 0)
WRAP(int, vfprintf, (FILE * o, const char *f, va_list a), (o, f, a), 0)
int open(const char *p, int fl, ...)
{
    REAL(int, open, (const char *, int, ...))
    va_list ap;
    va_start(ap, fl);
    int m = va_arg(ap, int);
    va_end(ap);
    CHK("open", fl);
    return r_open(p, fl, m);
}
/* The printf family, and what -D_FORTIFY_SOURCE=2 turns it into. */
static int forward_print(const char *name, FILE *o, const char *f, va_list a)
{
    REAL(int, vfprintf, (FILE *, const char *, va_list))
    if (in_run)
        violation(name, 0);
    return r_vfprintf(o, f, a);
}
#define FORWARD_PRINT(name, stream, format)                     \
    va_list a;                                                  \
    va_start(a, format);                                        \
    const int printed = forward_print(name, stream, format, a); \
    va_end(a);                                                  \
    return printed
int printf(const char *f, ...)
{
    FORWARD_PRINT("printf", stdout, f);
}
int fprintf(FILE *o, const char *f, ...)
{
    FORWARD_PRINT("fprintf", o, f);
}
int __printf_chk(int flag, const char *f, ...)
{
    (void)flag;
    FORWARD_PRINT("printf", stdout, f);
}
int __fprintf_chk(FILE *o, int flag, const char *f, ...)
{
    (void)flag;
    FORWARD_PRINT("fprintf", o, f);
}

/* --- patched descriptors --------------------------------------------------------------------- */
#define MAXPORT 512
struct patched {
    LADSPA_Descriptor *live; /* what the host sees */
    LADSPA_Descriptor orig;
};
#define MAXDESC 4096
static struct patched descs[MAXDESC];
static int ndesc;
struct watched {
    LADSPA_Handle h;
    struct patched *d;
    LADSPA_Data *port[MAXPORT];
    unsigned long runs, frames, minflt, majflt, nvcsw, nivcsw, nan, inf, den, mxcsr, de, ue, ie;
    unsigned long first_minflt;
    double maxns_per_frame, maxns, totns;
    unsigned long maxns_n;
};
#define MAXINST 4096
static struct watched *insts[MAXINST];
static int ninst;
static pthread_mutex_t tab = PTHREAD_MUTEX_INITIALIZER;

static struct patched *find_desc(const LADSPA_Descriptor *l)
{
    for (int i = 0; i < ndesc; i++)
        if (descs[i].live == l)
            return &descs[i];
    return NULL;
}
static struct watched *find_inst(LADSPA_Handle h)
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
    struct watched *i = calloc(1, sizeof *i);
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
    struct watched *i = find_inst(h);
    if (p < MAXPORT)
        i->port[p] = x;
    i->d->orig.connect_port(h, p, x);
}

static void do_run(LADSPA_Handle h, unsigned long n, int adding)
{
    struct watched *i = find_inst(h);
    void (*f)(LADSPA_Handle, unsigned long) = adding ? i->d->orig.run_adding : i->d->orig.run;
    if (!sud_state)
        sud_on();
    struct rusage a, b;
    struct timespec t0, t1;
    getrusage(RUSAGE_THREAD, &a);
    unsigned csr = _mm_getcsr() & ~0x3fu;
    _mm_setcsr(csr); /* clear the sticky flags: DE/UE afterwards mean denormals inside this run() */
    cur_label = i->d->orig.Label;
    cur_n = n;
    clock_gettime(CLOCK_MONOTONIC, &t0);
    in_run = 1;
    if (sud_state > 0)
        sel = 1;
    f(h, n);
    sel = 0;
    in_run = 0;
    clock_gettime(CLOCK_MONOTONIC, &t1);
    unsigned csr2 = _mm_getcsr();
    getrusage(RUSAGE_THREAD, &b);
    i->ie += csr2 & 1;
    i->de += csr2 >> 1 & 1;
    i->ue += csr2 >> 4 & 1;
    if ((csr ^ csr2) & ~0x3fu) { /* control bits, not the sticky flags */
        i->mxcsr++;
        _mm_setcsr(csr);
    }
    double ns = (double)(t1.tv_sec - t0.tv_sec) * 1e9 + (double)(t1.tv_nsec - t0.tv_nsec);
    i->totns += ns;
    if (ns > i->maxns) {
        i->maxns = ns;
        i->maxns_n = n;
    }
    unsigned long mf = (unsigned long)(b.ru_minflt - a.ru_minflt);
    if (!i->runs)
        i->first_minflt = mf;
    i->runs++;
    __atomic_add_fetch(&n_runs, 1, __ATOMIC_RELAXED);
    i->frames += n;
    i->minflt += mf;
    i->majflt += (unsigned long)(b.ru_majflt - a.ru_majflt);
    i->nvcsw += (unsigned long)(b.ru_nvcsw - a.ru_nvcsw);
    i->nivcsw += (unsigned long)(b.ru_nivcsw - a.ru_nivcsw);
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
static void w_run(LADSPA_Handle h, unsigned long n)
{
    do_run(h, n, 0);
}
static void w_run_adding(LADSPA_Handle h, unsigned long n)
{
    do_run(h, n, 1);
}
static void inst_report(struct watched *i)
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
    struct watched *i = find_inst(h);
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
        if (find_desc(d) || ndesc >= MAXDESC)
            continue;
        uintptr_t a = (uintptr_t)d & ~4095ul, e = ((uintptr_t)(d + 1) + 4095) & ~4095ul;
        if (mprotect((void *)a, e - a, PROT_READ | PROT_WRITE))
            continue;
        struct patched *x = &descs[ndesc++];
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
    for (int i = 0; i < 64 && kinds[i].what; i++)
        out(" %s=%lu", kinds[i].what, kinds[i].n);
    out("\n");
    if (n_viol)
        rt_raw(SYS_exit_group, 86, 0, 0, 0, 0, 0);
}

#else
extern const int rtcheck_is_for_linux_on_x86_64;
#endif
