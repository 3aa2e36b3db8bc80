# How recordings lie against each other.
core_libtraining_la_SOURCES += \
	%D%/coarse.c %D%/coarse.h \
	%D%/curve.c \
	%D%/decimate.c %D%/decimate.h \
	%D%/find.c \
	%D%/fine.c %D%/fine.h \
	%D%/line.c %D%/line.h \
	%D%/local_delay.c %D%/local_delay.h \
	%D%/path.c %D%/path.h \
	%D%/peak.c %D%/peak.h \
	%D%/quick_warp.c %D%/quick_warp.h \
	%D%/resample.c \
	%D%/residual.c %D%/residual.h \
	%D%/segments.c %D%/segments.h \
	%D%/signal.c %D%/signal.h \
	%D%/smoother.c %D%/smoother.h \
	%D%/spectra.c %D%/spectra.h \
	%D%/warp.c %D%/warp.h
