# The trainer, its recordings and its command.
unit_tests += \
	%D%/check_forward \
	%D%/check_gradient \
	%D%/check_golden \
	%D%/check_exact \
	%D%/check_diagnose \
	%D%/check_diagnose_refusals \
	%D%/check_align \
	%D%/check_held \
	%D%/check_dropout \
	%D%/check_batch_norm \
	%D%/check_encoder \
	%D%/check_fir \
	%D%/check_influence \
	%D%/check_long_memory \
	%D%/check_manifest \
	%D%/check_readouts \
	%D%/check_sequences \
	%D%/check_start \
	%D%/check_steps \
	%D%/check_trainer \
	%D%/check_trainer_clipping \
	%D%/check_trainer_ends \
	%D%/check_trainer_refusals \
	%D%/check_trainer_streams \
	%D%/check_trainer_truncation \
	%D%/check_truncation \
	%D%/check_walk

shard_problem = %D%/shard_problem.c %D%/shard_problem.h
%C%_check_forward_SOURCES = %D%/check_forward.c $(shard_problem)
%C%_check_gradient_SOURCES = %D%/check_gradient.c $(shard_problem)
%C%_check_dropout_SOURCES = %D%/check_dropout.c $(shard_problem)
%C%_check_encoder_SOURCES = %D%/check_encoder.c $(shard_problem) $(sequences)

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

net = %D%/net.c %D%/net.h
# What they look into includes BLAS.
%C%_check_exact_CFLAGS = $(AM_CFLAGS) $(OPENBLAS_CFLAGS)
%C%_check_diagnose_CFLAGS = $(AM_CFLAGS) $(OPENBLAS_CFLAGS)
%C%_check_diagnose_LDADD = $(LDADD) $(OPENBLAS_LIBS)
%C%_check_diagnose_SOURCES = %D%/check_diagnose.c $(net)
%C%_check_diagnose_refusals_LDADD = $(LDADD) $(OPENBLAS_LIBS)
%C%_check_diagnose_refusals_SOURCES = %D%/check_diagnose_refusals.c $(net) $(failing_malloc)
%C%_check_diagnose_refusals_LDFLAGS = $(failing_malloc_ldflags)

%C%_check_align_SOURCES = %D%/check_align.c $(failing_malloc)
%C%_check_align_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_fir_SOURCES = %D%/check_fir.c $(failing_malloc)
%C%_check_fir_LDFLAGS = $(failing_malloc_ldflags)

%C%_check_manifest_SOURCES = %D%/check_manifest.c $(temp_folder) \
	tools/manifest.c tools/csv.c tools/options.c tools/paths.c tools/printable.c
%C%_check_manifest_LDADD = $(LDADD) $(JANSSON_LIBS)
%C%_check_manifest_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools

trainer_problem = %D%/trainer_problem.c %D%/trainer_problem.h
train_log = %D%/train_log.c %D%/train_log.h
%C%_check_trainer_CFLAGS = $(AM_CFLAGS) $(OPENBLAS_CFLAGS)
%C%_check_trainer_LDADD = $(LDADD) $(OPENBLAS_LIBS)
%C%_check_trainer_SOURCES = %D%/check_trainer.c $(trainer_problem) $(train_log)
%C%_check_held_CFLAGS = $(AM_CFLAGS) $(LAPACKE_CFLAGS)
%C%_check_held_LDADD = $(LDADD) $(LAPACKE_LIBS)
%C%_check_held_SOURCES = %D%/check_held.c $(trainer_problem) $(train_log)
%C%_check_batch_norm_SOURCES = %D%/check_batch_norm.c $(shard_problem)
%C%_check_start_SOURCES = %D%/check_start.c $(trainer_problem) $(train_log)
%C%_check_trainer_ends_SOURCES = %D%/check_trainer_ends.c $(trainer_problem) $(train_log)
%C%_check_trainer_refusals_SOURCES = %D%/check_trainer_refusals.c \
	$(trainer_problem) $(failing_malloc)
%C%_check_trainer_refusals_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_trainer_streams_SOURCES = %D%/check_trainer_streams.c $(trainer_problem) $(train_log)
%C%_check_trainer_clipping_SOURCES = %D%/check_trainer_clipping.c $(trainer_problem)
%C%_check_trainer_truncation_SOURCES = %D%/check_trainer_truncation.c $(trainer_problem)

sequences = %D%/sequences.c %D%/sequences.h
%C%_check_sequences_SOURCES = %D%/check_sequences.c $(sequences)
%C%_check_long_memory_SOURCES = %D%/check_long_memory.c $(sequences)

train_scripts = %D%/check_cli_train.sh %D%/check_recordings.sh
EXTRA_DIST += $(train_scripts)
TESTS += $(train_scripts)

# Long training, ten times as many updates, and thirty times as many draws.
slow_tests += %D%/check_long_memory %D%/check_influence %D%/check_truncation
