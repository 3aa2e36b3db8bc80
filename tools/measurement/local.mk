# What benchmarks and reports measure with: a clock, noise, quantiles. It includes no other folder.
tools_tonecell_SOURCES += \
	%D%/noise.h \
	%D%/now.c %D%/now.h \
	%D%/quantile.c %D%/quantile.h
