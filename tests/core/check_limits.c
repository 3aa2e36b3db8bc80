#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The largest files of other programs that are read, and the next larger ones, which are not: units
 * and layers of a network, depth and size of JSON. */

enum { UNITS = 1024, LAYERS = 16, DEPTH = 32, SIZE = 64 << 20 };

/* ------------------------------------------------------------------------- documents */

/* A text that grows. */
struct document {
    char *text;
    size_t size;
    FILE *file;
};

static struct document *begin(struct document *document)
{
    document->file = open_memstream(&document->text, &document->size);
    ck_assert_ptr_nonnull(document->file);
    return document;
}

/* A matrix of zeros, or with cols = 0 a list; the last of a file has no comma after it. */
static void put_zeros(FILE *file, size_t rows, size_t cols, const char *end)
{
    for (size_t r = 0; r < rows; ++r) {
        fprintf(file, "%s%s0", r ? "," : "[", cols ? "[" : "");
        for (size_t c = 1; c < cols; ++c)
            fputs(",0", file);
        fputs(cols ? "]" : "", file);
    }
    fprintf(file, "]%s", end);
}

/* Plain RNNs, whose two matrices are the smallest. */
static void put_guitarml(FILE *file, unsigned units, unsigned layers)
{
    fprintf(file,
            "{\"model_data\": {\"input_size\": 1, \"unit_type\": \"RNN\", \"num_layers\": %u, "
            "\"hidden_size\": %u}, \"state_dict\": {",
            layers, units);
    for (unsigned l = 0; l < layers; ++l) {
        fprintf(file, "\"rec.weight_ih_l%u\": ", l);
        put_zeros(file, units, l ? units : 1, ",");
        fprintf(file, "\"rec.weight_hh_l%u\": ", l);
        put_zeros(file, units, units, ",");
    }
    fputs("\"lin.weight\": ", file);
    put_zeros(file, 1, units, "}}");
}

static void put_blocks(FILE *file, unsigned units, unsigned blocks)
{
    fputs("{\"model_data\": {\"model\": \"RecNet\"}, \"blocks\": {", file);
    for (unsigned b = 0; b < blocks; ++b)
        fprintf(file,
                "%s\"%u\": {\"block_type\": \"RNN\", \"input_size\": %u, \"hidden_size\": %u, "
                "\"skip\": 0}",
                b ? "," : "", b, 1, units);
    fputs("}, \"state_dict\": {", file);
    for (unsigned b = 1; b <= blocks; ++b) {
        fprintf(file, "\"layers.block_%u.rec.weight_ih_l0\": ", b);
        put_zeros(file, units, 1, ",");
        fprintf(file, "\"layers.block_%u.rec.weight_hh_l0\": ", b);
        put_zeros(file, units, units, ",");
        fprintf(file, "\"layers.block_%u.lin.weight\": ", b);
        put_zeros(file, 1, units, b < blocks ? "," : "}}");
    }
}

/* Dense layers with an activation, which are layers of a model, and a linear one. */
static void put_keras(FILE *file, unsigned units, unsigned layers)
{
    fputs("{\"in_shape\": [null, null, 1], \"layers\": [", file);
    for (unsigned l = 0; l < layers; ++l) {
        fprintf(file,
                "%s{\"type\": \"dense\", \"activation\": \"tanh\", \"shape\": [null, %u], "
                "\"weights\": [",
                l ? "," : "", units);
        put_zeros(file, l ? units : 1, units, ",");
        put_zeros(file, units, 0, "]}");
    }
    fputs(", {\"type\": \"dense\", \"shape\": [null, 1], \"weights\": [", file);
    put_zeros(file, units, 1, "]}]}");
}

/* Activations of their own, none of which can join the one before. */
static void put_activations(FILE *file, unsigned units, unsigned layers)
{
    fputs("{\"in_shape\": [1], \"layers\": [", file);
    for (unsigned l = 0; l < layers; ++l)
        fprintf(file, "%s{\"type\": \"activation\", \"activation\": \"tanh\", \"shape\": [%u]}",
                l ? "," : "", units);
    fputs("]}", file);
}

/* Two switches of so many positions, each of which is an input. */
static void put_switches(FILE *file, unsigned positions, unsigned layers)
{
    const unsigned inputs = 1 + 2 * positions;

    fprintf(file,
            "{\"version\": \"1.0.0\", \"architecture\": \"ConcatLSTM\", \"config\": "
            "{\"hidden_size\": 1, \"num_layers\": %u, \"params\": [",
            layers);
    for (unsigned k = 0; k < 2; ++k)
        fprintf(file,
                "%s{\"name\": \"Switch\", \"type\": \"switch\", \"min\": 0, \"max\": %u, "
                "\"default\": 0}",
                k ? "," : "", positions - 1);
    fputs("]}, \"weights\": ", file);
    put_zeros(file, 4 * (inputs + 1) + 8, 0, "}");
}

static void put_nam(FILE *file, unsigned units, unsigned layers)
{
    const size_t more = 4 * (size_t)units * units * (layers ? layers - 1 : 0);

    fprintf(file,
            "{\"version\": \"0.5.4\", \"architecture\": \"LSTM\", \"config\": {\"input_size\": 1, "
            "\"hidden_size\": %u, \"num_layers\": %u}, \"weights\": ",
            units, layers);
    put_zeros(file, 4 * (size_t)units + more + (4 * (size_t)units + 6) * units * layers + units + 1,
              0, "}");
}

static enum tc_status read_document(struct document *document, struct tc_model **model,
                                    struct tc_error *error)
{
    enum tc_status status;

    fclose(document->file);
    *model = NULL;
    status = tc_model_read(model, (const unsigned char *)document->text, document->size, error);
    free(document->text);
    return status;
}

/* ------------------------------------------------------------------------- networks */

static const struct {
    void (*put)(FILE *file, unsigned units, unsigned layers);
    unsigned units, layers;
    const char *message; /* NULL: it is read */
} networks[] = {
    {put_guitarml, UNITS, 1, NULL},
    {put_guitarml, 1, LAYERS, NULL},
    {put_guitarml, UNITS + 1, 1, "model_data: 'hidden_size' is 1025, expected 0 to 1024"},
    {put_guitarml, 1, LAYERS + 1, "model_data: 'num_layers' is 17, expected 0 to 16"},
    {put_blocks, 1, LAYERS, NULL},
    {put_blocks, 1, LAYERS + 1, "RecNet: 17 blocks, the limit is 16"},
    {put_keras, UNITS, 1, NULL},
    {put_keras, 1, LAYERS, NULL},
    {put_keras, UNITS + 1, 1, "layer 0 (dense): 'shape' ends in 1025, the limit is 1024"},
    {put_keras, 1, LAYERS + 1, "17 layers, the limit is 16"},
    {put_keras, 1, 64, "'layers' has 65 entries, at most 64 are read"},
    {put_activations, 1, 64, "there are more than 64 layers"},
    {put_switches, UNITS, 1, "layer 0 has 3 inputs and 2048 units, the limit is 1024"},
    {put_switches, UNITS + 1, 1,
     "param 'Switch' is a switch of 1025 positions, expected 2 to 1024"},
    {put_nam, UNITS, 1, NULL},
    {put_nam, 1, LAYERS, NULL},
    {put_nam, UNITS + 1, 1, "config: 'hidden_size' is 1025, expected 0 to 1024"},
    {put_nam, 1, LAYERS + 1, "config: 'num_layers' is 17, expected 0 to 16"},
};

START_TEST(units_and_layers_are_limited)
{
    struct document document;
    struct tc_error error = {""};
    struct tc_model *model;
    enum tc_status status;

    networks[_i].put(begin(&document)->file, networks[_i].units, networks[_i].layers);
    status = read_document(&document, &model, &error);
    ck_assert_str_eq(error.message, networks[_i].message ? networks[_i].message : "");
    ck_assert_int_eq(status, networks[_i].message ? TC_TOO_LARGE : TC_OK);
    if (model) {
        ck_assert_uint_eq(tc_model_architecture(model)->layers, networks[_i].layers);
        ck_assert_uint_eq(tc_model_architecture(model)->layer[0].hidden, networks[_i].units);
    }
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------------- JSON */

/* Unknown parts of a document may be nested so deep. */
START_TEST(nesting_depth_of_json_is_limited)
{
    for (unsigned depth = DEPTH; depth <= DEPTH + 1; ++depth) {
        struct document document;
        struct tc_error error;
        struct tc_model *model;
        enum tc_status status;

        fputs("{\"unknown\": ", begin(&document)->file);
        for (unsigned d = 1; d < depth; ++d)
            fputc('[', document.file);
        for (unsigned d = 1; d < depth; ++d)
            fputc(']', document.file);
        fputs(", \"in_shape\": [1], \"layers\": [{\"type\": \"dense\", \"shape\": [1], "
              "\"activation\": \"tanh\", \"weights\": [[[1]]]}]}",
              document.file);
        status = read_document(&document, &model, &error);
        ck_assert_int_eq(status, depth == DEPTH ? TC_OK : TC_BAD_FORMAT);
        if (status)
            ck_assert_str_eq(error.message,
                             "the file is JSON nested 33 deep, at most 32 is allowed");
        tc_model_free(model);
    }
}
END_TEST

START_TEST(size_of_json_is_limited)
{
    static const char small[] =
        "{\"a.weight_ih_l0\": [[1]], \"a.weight_hh_l0\": [[0]], \"b.weight\": [[1]]}";
    unsigned char *const large = support_zeros((size_t)SIZE + 1, 1);
    struct tc_error error;
    struct tc_model *model;

    memset(large, ' ', (size_t)SIZE + 1);
    memcpy(large, small, strlen(small));
    ck_assert_int_eq(tc_model_read(&model, large, SIZE, &error), TC_OK);
    tc_model_free(model);
    ck_assert_int_eq(tc_model_read(&model, large, (size_t)SIZE + 1, &error), TC_TOO_LARGE);
    ck_assert_str_eq(error.message, "the JSON has 67108865 bytes, at most 67108864 are read");
    free(large);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("limits");

    tcase_add_loop_test(tests, units_and_layers_are_limited, 0,
                        sizeof networks / sizeof networks[0]);
    tcase_add_test(tests, nesting_depth_of_json_is_limited);
    tcase_add_test(tests, size_of_json_is_limited);
    return support_run(tests, "limits");
}
