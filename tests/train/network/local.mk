# Forward and backward of a network.
unit_tests += \
	%D%/check_dropout \
	%D%/check_embedding \
	%D%/check_emphasis \
	%D%/check_encoder \
	%D%/check_forward \
	%D%/check_golden \
	%D%/check_gradient \
	%D%/check_loss \
	%D%/check_readouts \
	%D%/check_steps \
	%D%/check_stft_loss

shard_problem = %D%/shard_problem.c %D%/shard_problem.h
%C%_check_forward_SOURCES = %D%/check_forward.c $(shard_problem)
%C%_check_gradient_SOURCES = %D%/check_gradient.c $(shard_problem)
%C%_check_dropout_SOURCES = %D%/check_dropout.c $(shard_problem)
%C%_check_encoder_SOURCES = %D%/check_encoder.c $(shard_problem) $(sequence_data)

# From PyTorch, for check_golden.
EXTRA_DIST += \
	%D%/golden/make_golden.py \
	%D%/golden/rnn1.safetensors \
	%D%/golden/rnn2.safetensors \
	%D%/golden/lstm1.safetensors \
	%D%/golden/lstm2.safetensors \
	%D%/golden/lstm_knobs.safetensors \
	%D%/golden/gru1.safetensors \
	%D%/golden/gru2.safetensors \
	%D%/golden/peephole2.safetensors \
	%D%/golden/reset_before2.safetensors
%C%_check_golden_LDADD = $(LDADD) $(JANSSON_LIBS)
