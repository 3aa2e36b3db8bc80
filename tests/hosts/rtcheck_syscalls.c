/* The second check of the real-time checker: every system call. */
#include "rtcheck.h"

#ifdef RTCHECK_HERE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#define PR_SYS_DISPATCH_ON 1
#endif

/* Code that may always make system calls: raw syscall stub + signal restorer. */
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
extern void rt_restorer(void);

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

void sud_on(void)
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
#endif
