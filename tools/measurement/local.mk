# What benchmarks, reports and checks measure with: noise, quantiles, players, powers at a
# frequency. It includes no other folder of tools.
tools_tonecell_SOURCES += \
	%D%/aliasing.c %D%/aliasing.h \
	%D%/goertzel.c %D%/goertzel.h \
	%D%/noise.h \
	%D%/playback.c %D%/playback.h \
	%D%/quantile.c %D%/quantile.h \
	%D%/spectrum.c %D%/spectrum.h
