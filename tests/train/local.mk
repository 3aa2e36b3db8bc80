# The trainer.
unit_tests += \
	%D%/check_fine_tuning \
	%D%/check_average \
	%D%/check_influence \
	%D%/check_recipe \
	%D%/check_long_memory \
	%D%/check_sequences \
	%D%/check_initial_state \
	%D%/check_learning_rate \
	%D%/check_trainer \
	%D%/check_trainer_clipping \
	%D%/check_trainer_ends \
	%D%/check_trainer_refusals \
	%D%/check_trainer_streams \
	%D%/check_trainer_truncation \
	%D%/check_training_state \
	%D%/check_symbols \
	%D%/check_truncation \
	%D%/check_wide_models

trainer_problem = %D%/trainer_problem.c %D%/trainer_problem.h
option_change = %D%/option_change.c %D%/option_change.h
train_log = %D%/train_log.c %D%/train_log.h
%C%_check_trainer_CFLAGS = $(AM_CFLAGS) $(OPENBLAS_CFLAGS)
%C%_check_trainer_LDADD = $(LDADD) $(OPENBLAS_LIBS)
%C%_check_trainer_SOURCES = %D%/check_trainer.c $(trainer_problem) $(train_log)
%C%_check_average_SOURCES = %D%/check_average.c $(trainer_problem)
%C%_check_recipe_SOURCES = %D%/check_recipe.c $(trainer_problem) $(option_change)
%C%_check_initial_state_SOURCES = %D%/check_initial_state.c $(trainer_problem) $(train_log)
%C%_check_fine_tuning_SOURCES = %D%/check_fine_tuning.c $(trainer_problem) $(train_log)
%C%_check_learning_rate_SOURCES = %D%/check_learning_rate.c $(trainer_problem)
%C%_check_trainer_ends_SOURCES = %D%/check_trainer_ends.c $(trainer_problem) $(train_log)
%C%_check_trainer_refusals_SOURCES = %D%/check_trainer_refusals.c \
	$(trainer_problem) $(option_change) $(failing_malloc)
%C%_check_trainer_refusals_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_trainer_streams_SOURCES = %D%/check_trainer_streams.c $(trainer_problem) $(train_log)
%C%_check_trainer_clipping_SOURCES = %D%/check_trainer_clipping.c $(trainer_problem)
%C%_check_trainer_truncation_SOURCES = %D%/check_trainer_truncation.c $(trainer_problem)
%C%_check_training_state_SOURCES = %D%/check_training_state.c $(trainer_problem) $(temp_folder)

sequence_data = %D%/sequence_data.c %D%/sequence_data.h
%C%_check_sequences_SOURCES = %D%/check_sequences.c $(sequence_data)
%C%_check_symbols_SOURCES = %D%/check_symbols.c $(sequence_data)
%C%_check_long_memory_SOURCES = %D%/check_long_memory.c $(sequence_data)

# Long training, ten times as many updates, and thirty times as many draws.
slow_tests += %D%/check_long_memory %D%/check_influence %D%/check_truncation

include %D%/data/local.mk
include %D%/network/local.mk
include %D%/update/local.mk
include %D%/measure/local.mk
include %D%/align/local.mk
include %D%/diagnose/local.mk
include %D%/health/local.mk
