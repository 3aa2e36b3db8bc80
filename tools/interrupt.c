#include "interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

static volatile sig_atomic_t asked;

static void set_both(void (*handler)(int), int flags)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void note(int signal)
{
    (void)signal;
    asked = 1;
    set_both(SIG_DFL, 0);
}

void interrupt_begin(void)
{
    asked = 0;
    set_both(note, SA_RESTART);
}

bool interrupt_asked(void)
{
    return asked != 0;
}

void interrupt_end(void)
{
    set_both(SIG_DFL, 0);
}
