# Recordings to train on and to score.
tools_tonecell_SOURCES += \
	%D%/alignment.c %D%/alignment.h \
	%D%/csv.c %D%/csv.h \
	%D%/dataset.c %D%/dataset.h \
	%D%/holdout.c %D%/holdout.h \
	%D%/knob_range.c %D%/knob_range.h \
	%D%/manifest.c %D%/manifest.h
