/* Time to load models: of 64 units in every format, and a folder of 300 of all sizes, as `tonecell
 * info` lists it. The files in other formats are written by Tonecell. */
#include "tests/support/noise_model.h"
#include "tests/support/scratch_folder.h"
#include "tonecell.h"
#include "tools/measurement/quantile.h"
#include "clock.h"

#include <stdio.h>
#include <stdlib.h>

enum { UNITS = 64, LOADS = 25, FILES = 300, NAME = 64 };

/* Those after the first are TC_EXPORT_..., in their order. */
static const char *const formats[] = {"safetensors", "guitarml", "keras", "aidax", "nam"};
enum { FORMATS = sizeof formats / sizeof formats[0] };

/* False if the format cannot hold the model. */
static bool write_file(enum tc_cell cell, unsigned units, unsigned format, const char *name)
{
    struct tc_model *const model = noise_model(cell, units, "");
    struct tc_error error;
    const enum tc_status status =
        format ? tc_model_export(model, (enum tc_export)(format - 1), name, &error)
               : tc_model_save(model, name, &error);

    tc_model_free(model);
    if (status != TC_OK && status != TC_UNSUPPORTED)
        fail(error.message);
    return status == TC_OK;
}

static double load_s(const char *name)
{
    const double start = tc_now_s();
    struct tc_model *model;
    struct tc_error error;
    double taken;

    if (tc_model_load(&model, name, &error) != TC_OK)
        fail(error.message);
    taken = tc_now_s() - start;
    tc_model_free(model);
    return taken;
}

static void time_formats(enum tc_cell cell)
{
    static const char name[] = "model";
    double taken_s[LOADS], median_s;

    for (unsigned f = 0; f < FORMATS; ++f) {
        if (!write_file(cell, UNITS, f, name))
            continue;
        for (unsigned i = 0; i < LOADS; ++i)
            taken_s[i] = load_s(name);
        median_s = quantile(taken_s, LOADS, 0.5);
        printf("%-4s %u %-12s %7.2f ms, at best %.2f\n", tc_cell_name(cell), UNITS, formats[f],
               1e3 * median_s, 1e3 * taken_s[0]);
    }
}

static void time_folder(void)
{
    static const unsigned units[] = {8, 12, 16, 20, 24, 32, 40, 64};
    char name[FILES][NAME];
    double taken_s = 0.0;
    unsigned n = 0;

    for (unsigned i = 0; n < FILES; ++i) {
        snprintf(name[n], NAME, "model-%u", i);
        n += write_file(i / FORMATS % 2 ? TC_CELL_GRU : TC_CELL_LSTM, units[i / (2 * FORMATS) % 8],
                        i % FORMATS, name[n]);
    }
    for (unsigned i = 0; i < FILES; ++i)
        taken_s += load_s(name[i]);
    printf("%u models of 8 to 64 units in all formats: %.2f s\n", FILES, taken_s);
}

int main(void)
{
    if (!scratch_folder_enter())
        fail("no folder to write to");
    printf("The time that a model takes to load, median of %u\n", LOADS);
    time_formats(TC_CELL_LSTM);
    time_formats(TC_CELL_GRU);
    time_folder();
    if (!scratch_folder_leave())
        fail("its folder cannot be removed");
    return EXIT_SUCCESS;
}
