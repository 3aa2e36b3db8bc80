#include "train/diagnose/work.h"

#include "model/model.h"

#include <stdlib.h>

static size_t count_singular_values(const struct tc_architecture *arch)
{
    size_t n = 0;

    for (unsigned l = 0; l < arch->layers; ++l)
        n += tc_cell_gates(arch->layer[l].cell) * arch->layer[l].hidden;
    return n;
}

struct tc_diagnosis_storage *tc_diagnosis_storage_new(const struct tc_architecture *arch)
{
    const size_t singular_values = count_singular_values(arch);
    struct tc_diagnosis_storage *const storage =
        calloc(1, sizeof *storage + singular_values * sizeof *storage->singular);
    double *singular;

    if (!storage)
        return NULL;
    singular = storage->singular;
    storage->diagnosis = (struct tc_diagnosis){.layers = arch->layers,
                                               .lag = storage->lag,
                                               .jacobian = storage->jacobian,
                                               .gradient = storage->gradient,
                                               .bound = storage->bound};
    for (unsigned l = 0; l < arch->layers; ++l) {
        const struct tc_cell_description *const cell =
            &tc_cell_table[arch->layer[l].cell].description;
        struct tc_layer_diagnosis *const layer = &storage->diagnosis.layer[l];

        layer->hidden = arch->layer[l].hidden;
        layer->gates = cell->gates;
        layer->dh = storage->dh[l];
        layer->dc = cell->has_c ? storage->dc[l] : NULL;
        for (unsigned g = 0; g < cell->gates; ++g, singular += layer->hidden)
            layer->gate[g].singular = singular;
    }
    return storage;
}

void tc_diagnosis_free(struct tc_diagnosis *diagnosis)
{
    free(diagnosis); /* the first member of its storage */
}
