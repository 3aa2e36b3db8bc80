#include "config.h"
#include "report/info_list.h"

#include "cli/json_result.h"
#include "cli/paths.h"
#include "cli/table.h"
#include "cli/talk.h"
#include "report/selftest_verdict.h"
#include "tonecell.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { NETWORK_SIZE = 12 * TC_MAX_LAYERS };

/* The list so far. */
struct model_list {
    json_t *models; /* NULL: lines are printed */
    struct table lines;
    unsigned failed;
};

static const struct table_column columns[] = {
    {"format", false}, {"network", false},   {"weights", true}, {"rate", true},
    {"knobs", true},   {"self-test", false}, {"file", false},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

/* ------------------------------------------------------------------------- one model */

/* "lstm 20", "gru 16+8", "rnn 8, gru 8". */
static const char *network(const struct tc_architecture *arch, char text[NETWORK_SIZE])
{
    size_t used = 0;

    for (unsigned l = 0; l < arch->layers; ++l) {
        const bool same = l > 0 && arch->layer[l].cell == arch->layer[l - 1].cell;

        if (same)
            used +=
                (size_t)snprintf(text + used, NETWORK_SIZE - used, "+%u", arch->layer[l].hidden);
        else
            used += (size_t)snprintf(text + used, NETWORK_SIZE - used, "%s%s %u", l ? ", " : "",
                                     tc_cell_name(arch->layer[l].cell), arch->layer[l].hidden);
    }
    return text;
}

static void no_memory(struct model_list *list, const char *path)
{
    talk_error(path, "out of memory");
    ++list->failed;
}

static void add_line(struct model_list *list, const char *path, const struct tc_model *model,
                     const struct tc_file_facts *facts)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const double rate_hz = tc_model_metadata(model)->sample_rate_hz;
    char text[NETWORK_SIZE], weights[32], rate[32] = "unknown", knobs[16];
    const char *const cells[COLUMNS] = {facts->format, network(arch, text),     weights, rate,
                                        knobs,         selftest_verdict(facts), path};

    snprintf(weights, sizeof weights, "%zu", tc_model_weights(model));
    snprintf(knobs, sizeof knobs, "%u", arch->knobs);
    if (rate_hz > 0.0)
        snprintf(rate, sizeof rate, "%g%s", rate_hz, facts->rate_assumed ? "?" : "");
    if (!table_add(&list->lines, cells))
        no_memory(list, path);
}

static void add_entry(struct model_list *list, const char *path, const struct tc_model *model,
                      const struct tc_file_facts *facts)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const double rate_hz = tc_model_metadata(model)->sample_rate_hz;
    char text[NETWORK_SIZE];

    json_array_append_new(
        list->models,
        json_pack("{s:o, s:s, s:s, s:s, s:I, s:i, s:o, s:b, s:o, s:s}", "file", json_path(path),
                  "format", facts->format, "name", tc_model_metadata(model)->name, "network",
                  network(arch, text), "weights", (json_int_t)tc_model_weights(model), "knobs",
                  (int)arch->knobs, "sample_rate", rate_hz > 0.0 ? json_real(rate_hz) : json_null(),
                  "sample_rate_assumed", facts->rate_assumed, "selftest_error",
                  json_number(facts->selftest_error), "warning", facts->warning));
}

static void list_model(struct model_list *list, const char *path)
{
    struct tc_file_facts facts;
    struct tc_error error;
    struct tc_model *model;

    if (tc_model_load_facts(&model, path, &facts, &error) != TC_OK) {
        talk_error(path, "%s", error.message);
        ++list->failed;
        return;
    }
    if (facts.warning[0])
        talk_warn(path, "%s", facts.warning);
    if (list->models)
        add_entry(list, path, model, &facts);
    else
        add_line(list, path, model, &facts);
    tc_model_free(model);
}

/* ------------------------------------------------------------------------- folders */

bool info_is_folder(const char *path)
{
    struct stat st;
    char *inside;
    bool is_model;

    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode) ||
        asprintf(&inside, "%s/config.json", path) < 0)
        return false;
    is_model = stat(inside, &st) == 0;
    free(inside);
    return !is_model;
}

static int is_model_name(const struct dirent *entry)
{
    static const char *const endings[] = {".safetensors", ".json", ".aidax", ".nam"};
    const char *const dot = strrchr(entry->d_name, '.');

    for (size_t i = 0; dot && i < sizeof endings / sizeof endings[0]; ++i)
        if (strcasecmp(dot, endings[i]) == 0)
            return 1;
    return 0;
}

/* False without memory. */
static bool list_entry(struct model_list *list, const char *folder, const char *name,
                       unsigned *models)
{
    char *path;

    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return false;
    if (!is_special_file(path)) {
        list_model(list, path);
        ++*models;
    }
    free(path);
    return true;
}

static void list_folder(struct model_list *list, const char *folder)
{
    struct dirent **entry = NULL;
    const int n = scandir(folder, &entry, is_model_name, alphasort);
    unsigned models = 0;

    for (int i = 0; i < n; ++i) {
        if (!list_entry(list, folder, entry[i]->d_name, &models))
            no_memory(list, entry[i]->d_name);
        free(entry[i]);
    }
    free(entry);
    if (n < 0 || models == 0) {
        talk_error(folder, "%s", n < 0 ? strerror(errno) : "no model in this folder");
        ++list->failed;
    }
}

/* ------------------------------------------------------------------------- all of them */

static bool print_json(json_t *models)
{
    json_t *const all = json_pack("{s:O}", "models", models);
    const bool whole = json_print(all);

    json_decref(all);
    return whole;
}

int info_list(unsigned n, char **paths, bool as_json)
{
    struct model_list list = {.models = as_json ? json_array() : NULL,
                              .lines = {.columns = columns, .n_columns = COLUMNS}};

    for (unsigned i = 0; i < n; ++i)
        if (info_is_folder(paths[i]))
            list_folder(&list, paths[i]);
        else
            list_model(&list, paths[i]);
    if (as_json && !print_json(list.models)) {
        talk_error(NULL, "the list cannot be written as JSON");
        ++list.failed;
    }
    table_print(&list.lines);
    table_free(&list.lines);
    json_decref(list.models);
    return list.failed > 0 ? 1 : 0;
}
