#include "data/split_offer.h"

#include "audio/audio.h"
#include "data/channels.h"

#include <string.h>

/* How many of two channels hold a signal of their own; 0 if the file has not two. */
static unsigned own_signals(const char *path)
{
    struct audio audio;
    struct findings findings = {.silent = true};
    struct tc_error error;
    unsigned number[2], n = 0;

    /* What comes through a pipe could not be read again. */
    if (strcmp(path, "-") == 0 || audio_load(&audio, path, &error) != TC_OK)
        return 0;
    if (audio.channels == 2 &&
        channels_choose(&audio, CHANNEL_AUTOMATIC, false, path, number, &findings, &error) == TC_OK)
        n = audio.channels;
    audio_free(&audio);
    findings_free(&findings);
    return n;
}

int split_offer(const struct command *self, const char *path)
{
    switch (own_signals(path)) {
    case 2:
        return usage_error(self,
                           "%s: 1 file with two signals: if its left channel is DRY and its right "
                           "one WET, give it as tonecell %s --channel split %s, with all other "
                           "options as they are",
                           path, self->name, path);
    case 1:
        return usage_error(self, "%s: 1 file with one signal: expected DRY and WET", path);
    default:
        return 0;
    }
}
