/** @file
 *  Writes the C source of a model's image to standard output, for `make builtin-image`:
 *
 *      make_builtin_image MODEL.safetensors > builtin_image.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/plugin_identity.h"

static void print_bytes(const unsigned char *bytes, size_t size)
{
    puts("/* Made by `make builtin-image` from plugin/builtin.safetensors. */\n"
         "#include \"plugin/find_image.h\"\n\n"
         "const unsigned char tc_plugin_image[] __attribute__((section(TC_IMAGE_SECTION), "
         "aligned(64))) = {");
    for (size_t i = 0; i < size; ++i)
        printf("%s%u,%s", i % 20 == 0 ? "    " : "", bytes[i],
               i % 20 == 19 || i + 1 == size ? "\n" : " ");
    puts("};");
}

static int print_image(const struct tc_model *model)
{
    struct tc_plugin_identity identity;
    unsigned char *const bytes = malloc(tc_image_size(model));

    if (!bytes)
        return 1;
    tc_identity_from_label(&identity, tc_model_metadata(model)->label);
    tc_image_write(model, &identity, bytes);
    print_bytes(bytes, tc_image_size(model));
    free(bytes);
    return fflush(stdout) != 0;
}

int main(int argc, char **argv)
{
    struct tc_model *model = NULL;
    struct tc_error error;
    int status;

    if (argc != 2 || tc_model_load(&model, argv[1], &error) != TC_OK) {
        fprintf(stderr, "make_builtin_image: %s\n",
                argc == 2 ? error.message : "expected one model file");
        return 1;
    }
    status = print_image(model);
    tc_model_free(model);
    return status;
}
