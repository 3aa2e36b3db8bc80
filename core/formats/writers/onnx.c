#include "formats/writers/onnx.h"

#include "model/bytes.h"

/* Field numbers of onnx.proto3. */
enum { GRAPH_NODE = 1, GRAPH_TENSOR = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12 };
enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_OPERATOR = 4, NODE_ATTRIBUTE = 5 };
enum { ATTRIBUTE_NAME = 1, ATTRIBUTE_INT = 3, ATTRIBUTE_FLOATS = 7, ATTRIBUTE_INTS = 8 };
enum { ATTRIBUTE_STRINGS = 9, ATTRIBUTE_TYPE = 20 };
enum { TYPE_INT = 2, TYPE_FLOATS = 6, TYPE_INTS = 7, TYPE_STRINGS = 8 };
enum { TENSOR_DIM = 1, TENSOR_TYPE = 2, TENSOR_NAME = 8, TENSOR_BYTES = 9, FLOAT = 1, INT64 = 7 };
enum { VALUE_NAME = 1, VALUE_TYPE = 2, TYPE_TENSOR = 1, TENSOR_ELEMENT = 1, TENSOR_SHAPE = 2 };
enum { SHAPE_DIM = 1, DIM_VALUE = 1, DIM_NAME = 2 };

/* ------------------------------------------------------------------------- tensors */

/** Begin an initialiser; returns its bytes, NULL without memory. Trailing dimensions of 0 are left
 *  out. */
static unsigned char *begin_tensor(struct tc_message *tensor, const char *name, unsigned type,
                                   const size_t dims[3])
{
    size_t values = 1;

    for (unsigned d = 0; d < 3 && dims[d]; ++d) {
        tc_message_number(tensor, TENSOR_DIM, dims[d]);
        values *= dims[d];
    }
    tc_message_number(tensor, TENSOR_TYPE, type);
    tc_message_text(tensor, TENSOR_NAME, name);
    return tc_message_space(tensor, TENSOR_BYTES, values * (type == INT64 ? 8 : 4));
}

unsigned char *tc_onnx_tensor_begin(struct tc_message *tensor, const char *name,
                                    const size_t dims[3])
{
    return begin_tensor(tensor, name, FLOAT, dims);
}

void tc_onnx_tensor_end(struct tc_message *graph, struct tc_message *tensor)
{
    tc_message_nest(graph, GRAPH_TENSOR, tensor);
}

void tc_onnx_put_floats(unsigned char *bytes, const float *values, size_t n)
{
    for (size_t i = 0; bytes && i < n; ++i)
        tc_put_le_float(bytes + 4 * i, values[i]);
}

void tc_onnx_add_tensor(struct tc_message *graph, const char *name, const float *values,
                        const size_t dims[3])
{
    struct tc_message tensor = {0};

    tc_onnx_put_floats(tc_onnx_tensor_begin(&tensor, name, dims), values,
                       dims[0] * (dims[1] ? dims[1] : 1) * (dims[2] ? dims[2] : 1));
    tc_onnx_tensor_end(graph, &tensor);
}

void tc_onnx_add_index(struct tc_message *graph, const char *name, uint64_t value)
{
    struct tc_message tensor = {0};
    unsigned char *const bytes = begin_tensor(&tensor, name, INT64, (const size_t[]){1, 0, 0});

    if (bytes)
        tc_put_le(bytes, value, 8);
    tc_onnx_tensor_end(graph, &tensor);
}

/* ------------------------------------------------------------------------- inputs, outputs */

static void add_dim(struct tc_message *shape, size_t size, const char *name)
{
    struct tc_message dim = {0};

    if (name)
        tc_message_text(&dim, DIM_NAME, name);
    else
        tc_message_number(&dim, DIM_VALUE, size);
    tc_message_nest(shape, SHAPE_DIM, &dim);
}

/** An input or output of the graph, of shape (frames or 1, 1, units). */
static void add_value(struct tc_message *graph, unsigned field, const char *name, bool frames,
                      size_t units)
{
    struct tc_message shape = {0}, tensor = {0}, type = {0}, value = {0};

    add_dim(&shape, 1, frames ? "frames" : NULL);
    add_dim(&shape, 1, NULL);
    add_dim(&shape, units, NULL);
    tc_message_number(&tensor, TENSOR_ELEMENT, FLOAT);
    tc_message_nest(&tensor, TENSOR_SHAPE, &shape);
    tc_message_nest(&type, TYPE_TENSOR, &tensor);
    tc_message_text(&value, VALUE_NAME, name);
    tc_message_nest(&value, VALUE_TYPE, &type);
    tc_message_nest(graph, field, &value);
}

void tc_onnx_add_input(struct tc_message *graph, const char *name, bool frames, size_t units)
{
    add_value(graph, GRAPH_INPUT, name, frames, units);
}

void tc_onnx_add_output(struct tc_message *graph, const char *name, bool frames, size_t units)
{
    add_value(graph, GRAPH_OUTPUT, name, frames, units);
}

/* ------------------------------------------------------------------------- nodes */

void tc_onnx_node_begin(struct tc_message *node, const char *operator, const char * const inputs[],
                        const char *output)
{
    for (unsigned i = 0; inputs[i]; ++i)
        tc_message_text(node, NODE_INPUT, inputs[i]);
    tc_message_text(node, NODE_OUTPUT, output);
    tc_message_text(node, NODE_OPERATOR, operator);
}

void tc_onnx_node_output(struct tc_message *node, const char *output)
{
    tc_message_text(node, NODE_OUTPUT, output);
}

void tc_onnx_node_end(struct tc_message *graph, struct tc_message *node)
{
    tc_message_nest(graph, GRAPH_NODE, node);
}

void tc_onnx_add_node(struct tc_message *graph, const char *operator, const char * const inputs[],
                      const char *output)
{
    struct tc_message node = {0};

    tc_onnx_node_begin(&node, operator, inputs, output);
    tc_onnx_node_end(graph, &node);
}

/* ------------------------------------------------------------------------- attributes */

static void begin_attribute(struct tc_message *attribute, const char *name, unsigned type)
{
    tc_message_text(attribute, ATTRIBUTE_NAME, name);
    tc_message_number(attribute, ATTRIBUTE_TYPE, type);
}

void tc_onnx_add_int(struct tc_message *node, const char *name, uint64_t value)
{
    struct tc_message attribute = {0};

    begin_attribute(&attribute, name, TYPE_INT);
    tc_message_number(&attribute, ATTRIBUTE_INT, value);
    tc_message_nest(node, NODE_ATTRIBUTE, &attribute);
}

void tc_onnx_add_floats(struct tc_message *node, const char *name, float value)
{
    struct tc_message attribute = {0};

    begin_attribute(&attribute, name, TYPE_FLOATS);
    tc_message_float(&attribute, ATTRIBUTE_FLOATS, value);
    tc_message_nest(node, NODE_ATTRIBUTE, &attribute);
}

void tc_onnx_add_ints(struct tc_message *node, const char *name, uint64_t value)
{
    struct tc_message attribute = {0};

    begin_attribute(&attribute, name, TYPE_INTS);
    tc_message_number(&attribute, ATTRIBUTE_INTS, value);
    tc_message_nest(node, NODE_ATTRIBUTE, &attribute);
}

void tc_onnx_add_strings(struct tc_message *node, const char *name, const char *value)
{
    struct tc_message attribute = {0};

    begin_attribute(&attribute, name, TYPE_STRINGS);
    tc_message_text(&attribute, ATTRIBUTE_STRINGS, value);
    tc_message_nest(node, NODE_ATTRIBUTE, &attribute);
}
