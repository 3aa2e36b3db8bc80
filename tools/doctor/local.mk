# What doctor prints and writes of recordings.
tools_tonecell_SOURCES += \
	%D%/corrected_copies.c %D%/corrected_copies.h \
	%D%/examination.c %D%/examination.h \
	%D%/examination_json.c %D%/examination_plot.c %D%/examination_text.c
