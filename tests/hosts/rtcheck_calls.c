/* The first check of the real-time checker: wrappers of functions that may wait. */
#include "rtcheck.h"

#ifdef RTCHECK_HERE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

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
#endif
