# Forward and backward of a network for a batch of sequences.
core_libtraining_la_SOURCES += \
	%D%/activations.c %D%/activations.h \
	%D%/dropout.c %D%/dropout.h \
	%D%/emphasis.c %D%/emphasis.h \
	%D%/encoder.c %D%/encoder.h \
	%D%/initial.c %D%/initial.h \
	%D%/layer_norm_backward.c %D%/layer_norm_backward.h \
	%D%/loss.c %D%/loss.h \
	%D%/sample_loss.c %D%/sample_loss.h \
	%D%/moments.c %D%/moments.h \
	%D%/network.h \
	%D%/shard.c %D%/shard.h \
	%D%/shard_backward.c %D%/shard_backward.h \
	%D%/shard_forward.c %D%/shard_forward.h \
	%D%/shard_gradient.c %D%/shard_gradient.h \
	%D%/shard_embedding.c %D%/shard_embedding.h \
	%D%/shard_layer.c %D%/shard_layer.h \
	%D%/shard_memory.c %D%/shard_memory.h \
	%D%/shard_initial_state.c %D%/shard_initial_state.h \
	%D%/shard_state.c %D%/shard_state.h \
	%D%/stft_loss.c %D%/stft_loss.h \
	%D%/weights.c %D%/weights.h
