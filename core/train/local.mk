core_libtraining_la_SOURCES += \
	%D%/all_finite.h \
	%D%/average.c %D%/average.h \
	%D%/checkpoint.c \
	%D%/fine_tuning.c \
	%D%/fingerprint.c %D%/fingerprint.h \
	%D%/learning_rate.c %D%/learning_rate.h \
	%D%/loss_terms.c %D%/loss_terms.h \
	%D%/parameters.c %D%/parameters.h \
	%D%/rejection.c %D%/rejection.h \
	%D%/sequences.c %D%/sequences.h \
	%D%/initial_state.c %D%/initial_state.h \
	%D%/state_transfer.c %D%/state_transfer.h \
	%D%/step.c %D%/step.h \
	%D%/trainer.c %D%/trainer.h \
	%D%/trainer_arguments.c %D%/trainer_arguments.h \
	%D%/training_loop.c \
	%D%/training_state.c %D%/training_state.h \
	%D%/truncation.c %D%/truncation.h \
	%D%/update.c %D%/update.h

include %D%/data/local.mk
include %D%/network/local.mk
include %D%/kernels/local.mk
include %D%/update/local.mk
include %D%/measure/local.mk
include %D%/align/local.mk
include %D%/exact/local.mk
include %D%/diagnose/local.mk
include %D%/health/local.mk
