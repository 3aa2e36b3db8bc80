# Gradient flow, memory and stability of a model.
core_libtonecell_train_la_SOURCES += \
	%D%/diagnose.c \
	%D%/flow.c %D%/flow.h \
	%D%/lyapunov.c %D%/lyapunov.h \
	%D%/spectrum.c %D%/spectrum.h \
	%D%/survey.c %D%/survey.h
