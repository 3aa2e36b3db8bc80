/** @file
 *  The GRU that resets after the product: a block of units (block.h). Equations: core/cells/gru.c;
 *  gru_update(): gates_by_quotient.h, gates_by_table.h. */
#ifndef TC_GRU_BLOCK_H
#define TC_GRU_BLOCK_H

INLINE void gru_gates(vf r, vf z, vf n, vf q, const float *old, float *h)
{
    gru_update(gru_candidate_sum(r, q, n), exp_of_half(z), old, h);
}

INLINE void gru_block(struct block block, const vf *z)
{
    gru_gates(z[0], z[1], z[2], z[3], block.h, block.new_h);
}

INLINE void gru_half_block(struct block block, const vf *z)
{
    gru_gates(v_low_half(z[0]), v_high_half(z[0]), v_low_half(z[1]), v_low_half(z[2]), block.h,
              block.new_h);
}

#endif
