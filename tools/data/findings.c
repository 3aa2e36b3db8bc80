#include "data/findings.h"

#include "cli/talk.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lines of one kind; sixty clips of one device may have sixty findings. */
enum { MAX_LINES = 4 };

struct finding *findings_add(struct findings *findings, const char *kind, enum finding_level level,
                             const char *file)
{
    struct finding *added = &findings->dropped;

    if (findings->n == findings->capacity) {
        const size_t capacity = findings->capacity > 0 ? 2 * findings->capacity : 16;
        struct finding *const larger =
            realloc(findings->finding, capacity * sizeof *findings->finding);

        if (larger != NULL) {
            findings->finding = larger;
            findings->capacity = capacity;
        }
    }
    if (findings->n < findings->capacity)
        added = &findings->finding[findings->n++];
    *added = (struct finding){.kind = kind, .level = level, .file = file};
    return added;
}

struct finding *findings_tell(struct findings *findings, const char *kind, enum finding_level level,
                              const char *file, const char *what, ...)
{
    struct finding *const added = findings_add(findings, kind, level, file);
    va_list arguments;

    va_start(arguments, what);
    (void)vsnprintf(added->what, sizeof added->what, what, arguments);
    tc_utf8_make_shown(added->what);
    va_end(arguments);
    return added;
}

static void talk_finding(const struct finding *f)
{
    const char *const colon = f->action[0] != '\0' ? ": " : "";

    if (f->level == FINDING_FATAL)
        talk_error(f->file, "fault: %s%s%s", f->what, colon, f->action);
    else if (f->level == FINDING_WARNING)
        talk_warn(f->file, "%s%s%s", f->what, colon, f->action);
    else
        talk_say(f->file, "%s%s%s", f->what, colon, f->action);
}

/* How many findings from first to end - 1 are of a kind. */
static size_t count_kind(const struct findings *findings, size_t first, size_t end,
                         const char *kind)
{
    size_t n = 0;

    for (size_t i = first; i < end; ++i)
        n += strcmp(findings->finding[i].kind, kind) == 0;
    return n;
}

void findings_talk(struct findings *findings)
{
    const size_t first = findings->n_talked;

    for (size_t i = first; i < findings->n && !findings->silent; ++i) {
        const struct finding *const f = &findings->finding[i];
        const size_t before = count_kind(findings, first, i, f->kind);
        const size_t later = count_kind(findings, i + 1, findings->n, f->kind);

        if (before < MAX_LINES)
            talk_finding(f);
        if (before == MAX_LINES - 1 && later > 0)
            talk_say(NULL, "... and %zu more of that kind", later);
    }
    findings->n_talked = findings->n;
}

enum finding_level findings_worst(const struct findings *findings)
{
    enum finding_level worst = FINDING_FACT;

    for (size_t i = 0; i < findings->n; ++i)
        if (findings->finding[i].level > worst)
            worst = findings->finding[i].level;
    return worst;
}

void findings_free(struct findings *findings)
{
    free(findings->finding);
    *findings = (struct findings){0};
}
