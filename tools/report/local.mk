# What is measured of a model or a training, and how it is shown.
tools_tonecell_SOURCES += \
	%D%/alignment_json.c %D%/alignment_json.h \
	%D%/axis.c %D%/axis.h \
	%D%/chart.c %D%/chart.h \
	%D%/clip_output.c %D%/clip_output.h \
	%D%/conversion_error.c %D%/conversion_error.h \
	%D%/diagnosis.h \
	%D%/diagnosis_json.c \
	%D%/diagnosis_plot.c \
	%D%/diagnosis_text.c \
	%D%/diagnosis_summary.c \
	%D%/esr.c %D%/esr.h \
	%D%/evaluation.c %D%/evaluation.h \
	%D%/half_precision_error.c %D%/half_precision_error.h \
	%D%/health_report.c %D%/health_report.h \
	%D%/info.h \
	%D%/info_json.c \
	%D%/info_list.c %D%/info_list.h \
	%D%/info_text.c \
	%D%/model_evaluation.c %D%/model_evaluation.h \
	%D%/model_evaluation_knobs.c \
	%D%/model_evaluation_page.c \
	%D%/model_evaluation_report.c \
	%D%/model_measurements.c %D%/model_measurements.h \
	%D%/scored_signals.c %D%/scored_signals.h \
	%D%/selftest_verdict.c %D%/selftest_verdict.h \
	%D%/model_verdict.c %D%/model_verdict.h \
	%D%/training_record.c %D%/training_record.h
