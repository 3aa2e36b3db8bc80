# What is recorded through gear: sounds from formulas, and the sections made of them. Of the other
# folders it includes only core's random numbers and windowed sinc.
tools_tonecell_SOURCES += \
	%D%/drums.c %D%/drums.h \
	%D%/guitar.c %D%/guitar.h \
	%D%/level_steps.c %D%/level_steps.h \
	%D%/noise_bursts.c %D%/noise_bursts.h \
	%D%/plucked_string.c %D%/plucked_string.h \
	%D%/sections.c %D%/sections.h \
	%D%/sound.c %D%/sound.h \
	%D%/spread.h \
	%D%/sweep.c %D%/sweep.h \
	%D%/true_peak.c %D%/true_peak.h
