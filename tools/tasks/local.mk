# What a network is trained for, and how `tonecell train` does it.
tools_tonecell_SOURCES += \
	%D%/checkpoint_settings.c %D%/checkpoint_settings.h \
	%D%/effect.c %D%/effect.h \
	%D%/effect_options.c %D%/effect_options.h \
	%D%/effect_page.c \
	%D%/effect_playing.c %D%/effect_playing.h \
	%D%/effect_recipe.c %D%/effect_recipe.h \
	%D%/effect_report.c \
	%D%/effect_sines.c %D%/effect_sines.h \
	%D%/effect_teaching.c %D%/effect_teaching.h \
	%D%/model_rescue.c %D%/model_rescue.h \
	%D%/save_attempts.c %D%/save_attempts.h \
	%D%/task.c %D%/task.h \
	%D%/teacher.h \
	%D%/train_arguments.c %D%/train_arguments.h \
	%D%/trainer_options.c %D%/trainer_options.h \
	%D%/training.h \
	%D%/training_aliasing.c %D%/training_aliasing.h \
	%D%/training_checkpoint.c \
	%D%/training_fit.c \
	%D%/training_health.c \
	%D%/training_model.c %D%/training_model.h \
	%D%/training_page.c \
	%D%/training_progress.c \
	%D%/training_report.c \
	%D%/training_restart.c \
	%D%/training_save.c \
	%D%/training_attempts.c %D%/training_attempts.h \
	%D%/training_source.c %D%/training_source.h \
	%D%/training_teacher.c %D%/training_teacher.h \
	%D%/training_verdict.c
