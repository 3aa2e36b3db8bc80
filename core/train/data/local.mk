# Which segments of the clips are trained on.
core_libtraining_la_SOURCES += \
	%D%/chunk.c %D%/chunk.h \
	%D%/frame_runs.h \
	%D%/fill.c %D%/fill.h \
	%D%/random.h \
	%D%/sampler.c %D%/sampler.h
