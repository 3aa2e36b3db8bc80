#include "reference_models.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 100 };

static char models[4096]; /* the folder */

bool reference_models_find(void)
{
    const char *const source = getenv("srcdir");
    char folder[2048];

    snprintf(folder, sizeof folder, "%s/../shared/models", source ? source : ".");
    if (realpath(folder, models))
        return true;
    printf("skipped: %s is missing\n", folder);
    return false;
}

const char *reference_path(char path[PATH_SIZE], const char *folder, const char *name,
                           const char *end)
{
    snprintf(path, PATH_SIZE, "%s/%s/%s%s", models, folder, name, end);
    return path;
}

size_t read_npy(const char *path, double *values, size_t max)
{
    FILE *const file = fopen(path, "rb");
    unsigned char head[10];
    size_t n;

    ck_assert_msg(file != NULL, "%s: cannot open", path);
    ck_assert_uint_eq(fread(head, 1, sizeof head, file), sizeof head);
    ck_assert_int_eq(fseek(file, head[8] + 256 * head[9], SEEK_CUR), 0);
    n = fread(values, sizeof *values, max, file);
    fclose(file);
    return n;
}

size_t read_numbers(const char *path, float *values, size_t max)
{
    FILE *const file = fopen(path, "r");
    size_t n = 0;
    double value;

    ck_assert_msg(file != NULL, "%s: cannot open", path);
    while (n < max && !feof(file))
        if (fscanf(file, "%lf", &value) == 1)
            values[n++] = (float)value;
        else
            (void)fgetc(file);
    fclose(file);
    return n;
}

struct tc_model *load_reference(const char *path, struct tc_file_facts *facts)
{
    struct tc_error error;
    struct tc_model *model;

    ck_assert_msg(tc_model_load_facts(&model, path, facts, &error) == TC_OK, "%s: %s", path,
                  error.message);
    return model;
}

void play_frames(const struct tc_model *model, const char *kernels, const float *frames, size_t n,
                 float *out)
{
    const unsigned inputs = 1 + tc_model_architecture(model)->knobs;
    struct support_signals in = support_signals_new(inputs, n);
    const struct support_buffers rows = support_buffers(&in, 0);
    struct tc_stream *stream;

    ck_assert_int_eq(tc_stream_new_with(&stream, model, 1, kernels, TC_PRECISION_FULL, NULL),
                     TC_OK);
    for (size_t t = 0; t < n; ++t)
        for (unsigned i = 0; i < inputs; ++i)
            rows.row[i][t] = frames[t * inputs + i];
    for (size_t t = 0; t < n; t += BLOCK) {
        const struct support_buffers at = support_buffers(&in, t);
        float *const to[] = {out + t};

        tc_stream_process(stream, support_inputs(&at), support_inputs(&at) + 1, to,
                          n - t < BLOCK ? n - t : BLOCK);
    }
    tc_stream_free(stream);
    support_signals_free(&in);
}

double largest_difference(const struct tc_model *model, const float *frames, size_t n,
                          const double *expected)
{
    float *const out = support_zeros(n, sizeof *out);
    double largest = 0.0;

    for (unsigned k = 0; tc_kernels_name(k); ++k) {
        play_frames(model, tc_kernels_name(k), frames, n, out);
        for (size_t t = 0; t < n; ++t) {
            const double difference = fabs((double)out[t] - expected[t]);

            largest = isnan(difference) ? (double)INFINITY : fmax(largest, difference);
        }
    }
    free(out);
    return largest;
}
