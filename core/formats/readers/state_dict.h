/** @file
 *  Tensors with PyTorch's names, from JSON or safetensors, and the layers that they describe.
 *
 *      PREFIXweight_ih_lK [G*H][I]  PREFIXweight_hh_lK [G*H][H]  PREFIXbias_ih_lK, bias_hh_lK [G*H]
 *      PREFIXweight [O][H]  PREFIXbias [O]
 *
 *  Missing biases are 0. From: torch.nn.LSTM, GRU, RNN, Linear. */
#ifndef TC_STATE_DICT_H
#define TC_STATE_DICT_H

#include "formats/array.h"
#include "formats/safetensors.h"
#include "formats/readers/stages.h"

/** A tensor, whose values are read later. */
struct tc_named_tensor {
    const char *name;
    struct tc_array_shape shape; /* the first two sizes, if there are more */
    const json_t *json;          /* or */
    const struct tc_safetensor *raw;
    bool used;
};

struct tc_state_dict {
    struct tc_named_tensor *tensor; /* in the file's order */
    size_t n;
};

/** All lists of numbers of an object, which must outlive `dict`. Members of other kinds are left
 *  out. Errors: as tc_array_shape(), TC_NO_MEMORY. */
enum tc_status tc_state_dict_from_json(struct tc_state_dict *dict, const json_t *object,
                                       struct tc_error *error);

/** All tensors of a file, which must outlive `dict`. Errors: TC_NO_MEMORY. */
enum tc_status tc_state_dict_from_safetensors(struct tc_state_dict *dict,
                                              const struct tc_safetensors *file,
                                              struct tc_error *error);

void tc_state_dict_free(struct tc_state_dict *dict);

/** What a file's header states of a recurrent layer; 0: inferred from its tensors. */
struct tc_stated_layer {
    unsigned gates; /* of the cell: 1, 3, 4 */
    unsigned inputs, hidden;
};

/** Append layer `index` of the recurrent layers with that prefix ("rec."). Errors: TC_BAD_FORMAT
 *  (a tensor is missing), TC_BAD_SHAPE and all of reading it. */
enum tc_status tc_state_dict_recurrent(struct tc_state_dict *dict, const char *prefix,
                                       unsigned index, const struct tc_stated_layer *known,
                                       struct tc_stages *stages, struct tc_error *error);

/** Append the linear layer with that prefix ("lin."), of `outputs` units unless that is 0.
 *  Errors: as tc_state_dict_recurrent(). */
enum tc_status tc_state_dict_linear(struct tc_state_dict *dict, const char *prefix,
                                    unsigned outputs, struct tc_stages *stages,
                                    struct tc_error *error);

/** Is there such a tensor: PREFIX, WHAT, then the index of a layer (none if negative)? */
bool tc_state_dict_has(const struct tc_state_dict *dict, const char *prefix, const char *what,
                       int layer);

/** Fail with TC_UNSUPPORTED if a tensor whose name begins with `prefix` was not used: it
 *  belongs to a part of the network that this version does not know. */
enum tc_status tc_state_dict_all_used(const struct tc_state_dict *dict, const char *prefix,
                                      struct tc_error *error);

/** All recurrent layers of any prefix in the file's order, and the one linear layer, last.
 *  Errors: TC_BAD_FORMAT, TC_UNSUPPORTED (other tensors) and those of its parts. */
enum tc_status tc_state_dict_network(struct tc_state_dict *dict, struct tc_stages *stages,
                                     struct tc_error *error);

#endif
