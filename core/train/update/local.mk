# From the gradient to the next parameters.
core_libtraining_la_SOURCES += \
	%D%/batch_norm.c %D%/batch_norm.h \
	%D%/clones.h \
	%D%/constraint.c %D%/constraint.h \
	%D%/optimizer.c %D%/optimizer.h \
	%D%/reduction.c %D%/reduction.h \
	%D%/weight_decay.c %D%/weight_decay.h
