#include "config.h"

#include "plugins/restricted.h"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>
#endif

/* POSIX names neither; it is nobody on Linux. */
enum { NOBODY = 65534 };

static void become_nobody(void)
{
    if (geteuid() != 0)
        return;
    if (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
        _exit(1);
    /* Its files in /proc belong to root otherwise. */
    (void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

/* Rules of landlock (Linux 5.13): what is handled and not allowed for a path is forbidden. */
static void forbid_changes(void)
{
#if defined HAVE_LINUX_LANDLOCK_H && defined SYS_landlock_create_ruleset
    const struct landlock_ruleset_attr changes = {
        .handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                             LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                             LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                             LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
                             LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                             LANDLOCK_ACCESS_FS_MAKE_SYM,
    };
    const int rules = (int)syscall(SYS_landlock_create_ruleset, &changes, sizeof changes, 0);

    if (rules >= 0) {
        (void)syscall(SYS_landlock_restrict_self, rules, 0);
        (void)close(rules);
    }
#endif
}

void restrict_process(void)
{
    const struct rlimit no_bytes = {0, 0};

    become_nobody();
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)setrlimit(RLIMIT_FSIZE, &no_bytes);
    forbid_changes();
}
