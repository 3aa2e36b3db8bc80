/** @file
 *  PyTorch's tensors in JSON, wherever they are in it. Programs save more than a state dict:
 *
 *      {"state_dict": {"model.lstm.weight_ih_l0": ...}, "epoch": 3}   Lightning
 *      {"model": {"rec.weight_ih_l0": ...}, "best_loss": 0.1}         hand-written loops
 *      {"lstm": {"weight_ih_l0": ...}, "dense": {"weight": ...}}      an object for each module
 *
 *  in any nesting. Prefixes of names (model., module., _orig_mod.) are state_dict.h's. */
#ifndef TC_CHECKPOINT_H
#define TC_CHECKPOINT_H

#include <jansson.h>
#include <stdbool.h>

/** Is there a tensor "...weight_ih_l0" in an object, or in an object inside it? */
bool tc_checkpoint_holds_tensors(const json_t *json);

/** The state dict of such an object, as one object of names and tensors, which the caller releases
 *  with json_decref(); NULL without memory. Of several it is that of "state_dict",
 *  "model_state_dict" or "model", else the first. */
json_t *tc_checkpoint_tensors(const json_t *json);

#endif
