/** @file
 *  The LSTM, with and without peepholes: a block of units (block.h). Equations: core/cells/lstm.c,
 *  lstm_peephole.c; lstm_gates(): gates_by_quotient.h, gates_by_table.h. */
#ifndef TC_LSTM_BLOCK_H
#define TC_LSTM_BLOCK_H

INLINE void lstm_block(struct block block, const vf *z)
{
    lstm_gates(z[0], z[1], z[2], z[3], block.peephole, block.new_h, block.c);
}

INLINE void lstm_half_block(struct block block, const vf *z)
{
    if (block.peephole)
        lstm_gates(v_low_half(z[0]), v_high_half(z[0]), v_low_half(z[1]), v_high_half(z[1]),
                   block.peephole, block.new_h, block.c);
    else
        lstm_gates_in_halves(z[0], z[1], block.new_h, block.c);
}

#endif
