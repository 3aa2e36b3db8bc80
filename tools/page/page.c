#include "config.h"
#include "page/page.h"

#include "cli/output_check.h"
#include "cli/talk.h"
#include "page/content.h"
#include "page/html.h"
#include "plugins/make_folders.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const char page_name[] = "report.html";

/* ------------------------------------------------------------------ files */

static bool set_path(char path[PATH_MAX], const char *folder, const char *name)
{
    return snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX;
}

bool page_folder_check(const char *folder)
{
    char path[PATH_MAX];
    struct tc_error error;

    if (!output_check_folder(folder))
        return false;
    if (!set_path(path, folder, page_name)) {
        talk_error(folder, "is too long for a folder's name");
        return false;
    }
    if (!make_folders_of(path, &error)) {
        talk_error(path, "%s", error.message);
        return false;
    }
    return output_check(path);
}

static enum tc_status replace_file(const struct page *page, const char *name, const char *bytes,
                                   size_t size, struct tc_error *error)
{
    char path[PATH_MAX];

    if (!set_path(path, page->folder, name))
        return tc_fail(error, TC_IO, "the folder's name is too long");
    return tc_file_replace(path, bytes, size, 0666, error);
}

enum tc_status page_write_file(const struct content *content, const char *name, part_function *part,
                               struct tc_error *error)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *const out = open_memstream(&bytes, &size);
    enum tc_status status;
    bool failed;

    if (out == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the report");
    status = part(content, out, error);
    failed = ferror(out) != 0;
    failed = fclose(out) != 0 || failed;
    if (status == TC_OK && failed)
        status = tc_fail(error, TC_NO_MEMORY, "out of memory for the report");
    if (status == TC_OK)
        status = replace_file(content->page, name, bytes, size, error);
    free(bytes);
    return status;
}

/* ------------------------------------------------------------------ the page */

static void write_head(const struct page *page, FILE *out)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
          "<link rel=\"icon\" href=\"data:,\"/>\n<title>",
          out);
    html_text(out, page->model_path);
    fputs(" - Tonecell</title>\n", out);
    page_write_style(out);
    fputs("</head>\n<body>\n", out);
}

static enum tc_status write_parts(const struct content *content, part_function *const *part,
                                  size_t n, FILE *out, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (size_t i = 0; i < n && status == TC_OK; ++i)
        status = part[i](content, out, error);
    return status;
}

static enum tc_status write_figures(const struct content *content, FILE *out,
                                    struct tc_error *error)
{
    static part_function *const figures[] = {page_write_esr, page_write_spectra,
                                             page_write_transfer, page_write_delay};
    enum tc_status status;

    fputs("<section><h2>Where the error is</h2>\n<div class=\"figures\">\n", out);
    status = write_parts(content, figures, sizeof figures / sizeof *figures, out, error);
    fputs("</div></section>\n", out);
    return status;
}

static void write_foot(const struct page *page, FILE *out)
{
    fprintf(out,
            "<footer><p>The numbers are in metrics.json%s beside this page. Tonecell %s.</p>"
            "</footer>\n</body>\n</html>\n",
            page->trained ? ", seconds.csv and history.csv" : " and seconds.csv", tc_version());
}

static enum tc_status write_page(const struct content *content, FILE *out, struct tc_error *error)
{
    static part_function *const parts[] = {page_write_players, page_write_seconds, write_figures,
                                           page_write_learning};
    enum tc_status status;

    write_head(content->page, out);
    page_write_summary(content, out);
    fputs("<main>\n", out);
    status = write_parts(content, parts, sizeof parts / sizeof *parts, out, error);
    page_write_tables(content, out);
    fputs("</main>\n", out);
    write_foot(content->page, out);
    return status;
}

enum tc_status page_write(const struct page *page, struct tc_error *error)
{
    struct content content = {.page = page};
    enum tc_status status = seconds_score(&content.seconds, page->signals, error);

    if (status != TC_OK)
        return status;
    status = model_measurements_take(page->model, &content.measured, error);
    if (status == TC_OK)
        status = page_write_metrics(&content, error);
    if (status == TC_OK)
        status = page_write_file(&content, page_name, write_page, error);
    seconds_free(&content.seconds);
    return status;
}

bool page_write_reported(const struct page *page)
{
    struct tc_error error;

    if (page_write(page, &error) != TC_OK) {
        talk_error(page->folder, "the report is not written: %s", error.message);
        return false;
    }
    talk_say(page->folder, "report.html is the report: open it in a web browser");
    return true;
}
