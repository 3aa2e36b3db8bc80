/** @file
 *  The embedding: a learned vector for each symbol of a network's input of symbols.
 *
 *      e = E[s]        E (symbols, embedding), s the index of the present symbol; 0 without one
 *
 *  From: Bengio, Ducharme, Vincent & Jauvin 2003; torch.nn.Embedding. E is the first tensor of the
 *  parameters. Backward: dL/dE[s] += dL/de, shard_embedding.c. */
#ifndef TC_EMBEDDING_H
#define TC_EMBEDDING_H

#include "tonecell.h"

/** Where a symbol's vector is in the parameters, and its gradient in those of a gradient; -1 if the
 *  sample is no index of a symbol. */
static inline ptrdiff_t tc_embedding_offset(const struct tc_architecture *arch, float symbol)
{
    const bool valid = symbol >= 0.0f && symbol < (float)arch->symbols;

    return valid ? (ptrdiff_t)symbol * (ptrdiff_t)arch->embedding : -1;
}

#endif
