# Scores of outputs.
core_libtraining_la_SOURCES += \
	%D%/better_score.h \
	%D%/cross_entropy.c %D%/cross_entropy.h \
	%D%/direct_path.c \
	%D%/fir.c \
	%D%/score.c \
	%D%/stream_buffers.c %D%/stream_buffers.h \
	%D%/validation.c %D%/validation.h
