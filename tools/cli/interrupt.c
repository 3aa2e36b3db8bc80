#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

static volatile sig_atomic_t requested;

static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};

/* A signal that is ignored, as nohup does with SIGHUP, stays so. */
static void set_all(void (*handler)(int), int flags)
{
    struct sigaction action, old;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof caught / sizeof *caught; ++i)
        if (sigaction(caught[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
}

static void count(int signal)
{
    (void)signal;
    ++requested;
}

static void note(int signal)
{
    count(signal);
    set_all(SIG_DFL, 0);
}

void interrupt_begin(void)
{
    requested = 0;
    set_all(note, SA_RESTART);
}

bool interrupt_asked(void)
{
    return requested != 0;
}

void interrupt_block(void)
{
    set_all(count, SA_RESTART);
}

unsigned interrupt_count(void)
{
    return (unsigned)requested;
}

void interrupt_end(void)
{
    set_all(SIG_DFL, 0);
}
