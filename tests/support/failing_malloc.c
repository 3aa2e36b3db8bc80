#include "failing_malloc.h"

#include <check.h>
#include <string.h>

/* The linker renames the calls: __wrap_ is the prefix of ours, __real_ of the system's. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);

static _Atomic long count;
static volatile long failing = -1;
static volatile bool counting;

void failing_malloc_start(long fail_at)
{
    count = 0;
    failing = fail_at;
    counting = true;
}

long failing_malloc_stop(void)
{
    counting = false;
    return count;
}

bool failing_malloc_failed(enum tc_status status)
{
    const long wanted = failing_malloc_stop();
    const bool failed = failing >= 0 && wanted > failing;

    ck_assert_msg(status == (failed ? TC_NO_MEMORY : TC_OK),
                  "allocation %ld of %ld: %s, expected %s", failing, wanted, tc_strerror(status),
                  tc_strerror(failed ? TC_NO_MEMORY : TC_OK));
    return failed;
}

static bool fails(void)
{
    return counting && count++ == failing;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __real_aligned_alloc(alignment, size);
}

char *__wrap_strdup(const char *text)
{
    char *const copy = __wrap_malloc(strlen(text) + 1);

    return copy ? strcpy(copy, text) : NULL;
}
