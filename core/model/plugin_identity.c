#include "model/plugin_identity.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_ID = 0x10000, ID_PAIRS = (0x1000000 - FIRST_ID) / 2 };

/* Without the locale, which a host may have set to anything. */
static char label_char(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
}

static void drop_stereo_suffix(char *label, size_t length)
{
    const size_t suffix = strlen(TC_STEREO_SUFFIX);

    while (length > suffix && strcmp(label + length - suffix, TC_STEREO_SUFFIX) == 0) {
        length -= suffix;
        label[length] = '\0';
    }
}

bool tc_label_from_text(char label[TC_LABEL_SIZE], const char *text)
{
    size_t length = 0;

    for (; *text && length < TC_LABEL_SIZE - 1; ++text) {
        const char c = label_char(*text);

        if (c != '_' || (length > 0 && label[length - 1] != '_'))
            label[length++] = c;
    }
    while (length > 0 && label[length - 1] == '_')
        --length;
    label[length] = '\0';
    drop_stereo_suffix(label, length);
    return length > 0;
}

bool tc_label_is_valid(const char *label)
{
    char made[TC_LABEL_SIZE];

    return tc_label_from_text(made, label) && strcmp(made, label) == 0;
}

bool tc_label_from_path(char label[TC_LABEL_SIZE], const char *path)
{
    static const char prefix[] = "tonecell_";
    const char *const slash = strrchr(path, '/');
    const char *const name = slash ? slash + 1 : path;
    const bool bundle = strncmp(name, prefix, strlen(prefix)) == 0;
    char stem[256];

    (void)snprintf(stem, sizeof stem, "%s", bundle ? name + strlen(prefix) : name);
    stem[strcspn(stem, ".")] = '\0';
    return tc_label_from_text(label, stem);
}

/* FNV-1a, 32 bits. From: Fowler, Noll & Vo. */
static uint32_t hash(const char *text)
{
    uint32_t value = 2166136261u;

    for (; *text; ++text)
        value = (value ^ (unsigned char)*text) * 16777619u;
    return value;
}

static void set_pair(struct tc_plugin_identity *identity, uint32_t pair)
{
    identity->mono_id = FIRST_ID + 2 * pair;
    identity->stereo_id = identity->mono_id + 1;
}

void tc_identity_from_label(struct tc_plugin_identity *identity, const char *label)
{
    memset(identity, 0, sizeof *identity);
    (void)snprintf(identity->label, sizeof identity->label, "%s", label);
    set_pair(identity, hash(label) % ID_PAIRS);
}

/* "96 kHz", "22.05 kHz", to the Hz; empty for rates that go without saying. */
static void rate_text(char text[24], double rate_hz)
{
    const unsigned long hz = (unsigned long)(rate_hz + 0.5);
    int length;

    text[0] = '\0';
    if (hz == 0 || hz == 44100 || hz == 48000)
        return;
    length = snprintf(text, 24, "%lu.%03lu", hz / 1000, hz % 1000);
    while (text[length - 1] == '0')
        --length;
    if (text[length - 1] == '.')
        --length;
    (void)snprintf(text + length, 24 - (size_t)length, " kHz");
}

void tc_plugin_name(char name[TC_PLUGIN_NAME_SIZE], const struct tc_metadata *meta,
                    const char *label, bool stereo)
{
    const char *const model = meta->name[0] ? meta->name : label;
    char rate[24];

    rate_text(rate, meta->sample_rate_hz);
    if (rate[0] || stereo)
        (void)snprintf(name, TC_PLUGIN_NAME_SIZE, "%s (%s%s%s)", model, rate,
                       rate[0] && stereo ? ", " : "", stereo ? "stereo" : "");
    else
        (void)snprintf(name, TC_PLUGIN_NAME_SIZE, "%s", model);
}

void tc_identity_next_ids(struct tc_plugin_identity *identity)
{
    set_pair(identity, ((identity->mono_id - FIRST_ID) / 2 + 1) % ID_PAIRS);
}
