# Gradient flow, memory and stability of a model.
core_libtraining_la_SOURCES += \
	%D%/diagnose.c \
	%D%/flow.c %D%/flow.h \
	%D%/lyapunov.c %D%/lyapunov.h \
	%D%/plan.c \
	%D%/position.c \
	%D%/spectrum.c %D%/spectrum.h \
	%D%/storage.c \
	%D%/summary.c \
	%D%/trajectory.c %D%/trajectory.h \
	%D%/work.h
