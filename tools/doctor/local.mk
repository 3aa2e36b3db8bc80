# What doctor says of recordings.
tools_tonecell_SOURCES += \
	%D%/corrected_copies.c %D%/corrected_copies.h \
	%D%/diagnosis_of_pairs.c %D%/diagnosis_of_pairs.h \
	%D%/doctor_json.c %D%/doctor_plot.c %D%/doctor_text.c
