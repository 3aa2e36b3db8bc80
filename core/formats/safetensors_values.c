#include "formats/json.h"
#include "formats/safetensors.h"
#include "model/bytes.h"

#include <math.h>
#include <string.h>

/** IEEE 754 half precision: 5 bits of exponent, 10 of fraction. */
static float half_to_float(unsigned half)
{
    const unsigned exponent = (half >> 10) & 31, fraction = half & 1023;
    float value;

    if (exponent == 31)
        value = fraction ? NAN : INFINITY;
    else if (exponent == 0)
        value = ldexpf((float)fraction, -24);
    else
        value = ldexpf((float)(fraction + 1024), (int)exponent - 25);
    return half & 0x8000 ? -value : value;
}

static float get_half(const unsigned char *bytes)
{
    return half_to_float((unsigned)tc_get_le(bytes, 2));
}

/** bfloat16: the upper 16 bits of a float. */
static float get_bfloat16(const unsigned char *bytes)
{
    const unsigned char bits[4] = {0, 0, bytes[0], bytes[1]};

    return tc_get_le_float(bits);
}

static float get_double(const unsigned char *bytes)
{
    return (float)tc_get_le_double(bytes);
}

enum tc_status tc_safetensors_values(const struct tc_safetensors *file, const char *name,
                                     enum tc_safetensor_type type, size_t count, void *values,
                                     struct tc_error *error)
{
    const char *const dtype = tc_safetensor_dtype(type);
    const struct tc_safetensor *const tensor = tc_safetensors_find(file, name);

    if (tensor == NULL || strcmp(tensor->dtype, dtype) != 0 || tensor->count != count)
        return tc_fail(error, TC_BAD_FORMAT, "there is no tensor '%s' of %zu values of type %s",
                       name, count, dtype);
    if (type == TC_SAFETENSOR_F32)
        return tc_safetensor_floats(tensor, values, error);
    for (size_t i = 0; i < count; ++i)
        if (type == TC_SAFETENSOR_F64)
            ((double *)values)[i] = tc_get_le_double(tensor->bytes + 8 * i);
        else
            ((uint64_t *)values)[i] = tc_get_le(tensor->bytes + 8 * i, 8);
    return TC_OK;
}

enum tc_status tc_safetensor_floats(const struct tc_safetensor *tensor, float *values,
                                    struct tc_error *error)
{
    static const struct {
        const char *dtype;
        size_t size; /* bytes of a value */
        float (*get)(const unsigned char *bytes);
    } types[] = {{"F32", 4, tc_get_le_float},
                 {"F16", 2, get_half},
                 {"BF16", 2, get_bfloat16},
                 {"F64", 8, get_double}};
    size_t type = 0;

    while (strcmp(types[type].dtype, tensor->dtype) != 0)
        if (++type == sizeof types / sizeof types[0])
            return tc_fail(error, TC_UNSUPPORTED,
                           "tensor '%s' has values of type %s, expected F32, F16, BF16 or F64",
                           TC_SHOWN(tensor->name), tensor->dtype);
    for (size_t i = 0; i < tensor->count; ++i) {
        values[i] = types[type].get(tensor->bytes + i * types[type].size);
        if (!isfinite(values[i]))
            return tc_fail(error, TC_BAD_VALUE, "tensor '%s': value %zu is %s",
                           TC_SHOWN(tensor->name), i, isnan(values[i]) ? "NaN" : "infinite");
    }
    return TC_OK;
}
