/** @file
 *  The GRU that resets before the product: a block of units (block.h) in each of its two steps.
 *  Equations: core/cells/gru_reset_before.c; gru_update(): gates_by_quotient.h, gates_by_table.h.
 *  */
#ifndef TC_GRU_RESET_BEFORE_BLOCK_H
#define TC_GRU_RESET_BEFORE_BLOCK_H

/* The first step: r h', which the candidate's product takes, and exp z in the place of the new
 * state. `old` is h', the state before. */
INLINE void gru_reset_gates(vf r, vf z, const float *old, float *reset_h, float *exp_z)
{
    v_store(reset_h, v_mul(logistic_of_half(r), v_load(old)));
    v_store(exp_z, exp_of_half(z));
}

/* The second: h, where exp z was stored, from the candidate's sum n. */
INLINE void gru_candidate_gate(vf n, const float *old, float *h)
{
    gru_update(n, v_load(h), old, h);
}

INLINE void gru_reset_before_block(struct block block, const vf *z)
{
    if (block.second_step)
        gru_candidate_gate(z[0], block.h, block.new_h);
    else
        gru_reset_gates(z[0], z[1], block.h, block.reset_h, block.new_h);
}

INLINE void gru_reset_before_half_block(struct block block, const vf *z)
{
    if (block.second_step)
        gru_candidate_gate(v_low_half(z[0]), block.h, block.new_h);
    else
        gru_reset_gates(v_low_half(z[0]), v_high_half(z[0]), block.h, block.reset_h, block.new_h);
}

#endif
