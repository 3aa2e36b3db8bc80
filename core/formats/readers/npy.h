/** @file
 *  Arrays in numpy's files (.npy): magic, length of the header, header (a Python dict), values.
 *
 *  From: numpy, lib/format.py. */
#ifndef TC_NPY_H
#define TC_NPY_H

#include "tonecell.h"

/** Read a one-dimensional list of little-endian floats or doubles, into memory that the caller
 *  frees. `where` names the file in messages. Errors: TC_BAD_FORMAT, TC_BAD_SHAPE, TC_BAD_VALUE,
 *  TC_UNSUPPORTED (another type), TC_NO_MEMORY. */
enum tc_status tc_npy_read(const unsigned char *bytes, size_t size, const char *where,
                           float **values, size_t *n, struct tc_error *error);

#endif
