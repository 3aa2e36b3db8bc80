/** @file
 *  The plain RNN: a block of units (block.h). Equations: core/cells/rnn.c. */
#ifndef TC_RNN_BLOCK_H
#define TC_RNN_BLOCK_H

INLINE void rnn_block(struct block block, const vf *z)
{
    v_store(block.new_h, activated(z[0], block.activation, block.threshold, block.unit));
}

/* Cells of one gate have no half blocks. */
INLINE void rnn_half_block(struct block block, const vf *z)
{
    (void)block, (void)z;
}

#endif
