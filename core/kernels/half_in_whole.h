/** @file
 *  The half block's gates in a whole vector, for instruction sets whose half vectors are no faster
 *  through: a half is a whole vector with zeros above. */
#ifndef TC_HALF_IN_WHOLE_H
#define TC_HALF_IN_WHOLE_H

#define v_low_alone(a) v_low(a)
#define v_high_alone(a) v_high(a)
#define half_lstm_pairs(a, b, h, c) \
    full_lstm_gates(v_low(a), v_high(a), v_low(b), v_high(b), NULL, h, c)
#define half_lstm_gates full_lstm_gates
#define half_gru_gates full_gru_gates
#define half_reset_gates full_reset_gates
#define half_candidate_gate full_candidate_gate

#endif
