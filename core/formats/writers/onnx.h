/** @file
 *  Building blocks of ONNX files: the tensors, inputs, outputs and nodes of a graph, as messages of
 *  protobuf.h. If memory runs out the graph's message fails, as tells its field `failed`.
 *
 *  From: onnx/onnx, onnx.proto3 and docs/Operators.md. */
#ifndef TC_ONNX_H
#define TC_ONNX_H

#include "formats/writers/protobuf.h"

/** Begin a tensor of constants (an initialiser) of floats; dimensions that are 0 are left out.
 *  Returns its little-endian bytes, to be filled in before tc_onnx_tensor_end(); NULL without
 *  memory. */
unsigned char *tc_onnx_tensor_begin(struct tc_message *tensor, const char *name,
                                    const size_t dims[3]);
void tc_onnx_tensor_end(struct tc_message *graph, struct tc_message *tensor);

/** Write n floats into a tensor's bytes, which may be NULL. */
void tc_onnx_put_floats(unsigned char *bytes, const float *values, size_t n);

/** Add a tensor of floats. */
void tc_onnx_add_tensor(struct tc_message *graph, const char *name, const float *values,
                        const size_t dims[3]);

/** Add a tensor of one integer, as operators take indices and axes. */
void tc_onnx_add_index(struct tc_message *graph, const char *name, uint64_t value);

/** Add an input or output of the graph, of shape (frames, 1, units), or (1, 1, units) unless
 *  `frames`. */
void tc_onnx_add_input(struct tc_message *graph, const char *name, bool frames, size_t units);
void tc_onnx_add_output(struct tc_message *graph, const char *name, bool frames, size_t units);

/** Begin a node, an operator applied to `inputs` (NULL after the last), with a first output.
 *  Further outputs and attributes may follow, then tc_onnx_node_end(). */
void tc_onnx_node_begin(struct tc_message *node, const char *operator, const char * const inputs[],
                        const char *output);
void tc_onnx_node_output(struct tc_message *node, const char *output);
void tc_onnx_node_end(struct tc_message *graph, struct tc_message *node);

/** Add a node of one output, without attributes. */
void tc_onnx_add_node(struct tc_message *graph, const char *operator, const char * const inputs[],
                      const char *output);

/** Add an attribute to a node: an integer, or a list of one float, integer or string. */
void tc_onnx_add_int(struct tc_message *node, const char *name, uint64_t value);
void tc_onnx_add_floats(struct tc_message *node, const char *name, float value);
void tc_onnx_add_ints(struct tc_message *node, const char *name, uint64_t value);
void tc_onnx_add_strings(struct tc_message *node, const char *name, const char *value);

#endif
