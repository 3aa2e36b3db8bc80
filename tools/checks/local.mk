# Faults of recordings, measured.
tools_tonecell_SOURCES += \
	%D%/agreement.c %D%/agreement.h \
	%D%/aligned_pair.h \
	%D%/decay.c %D%/decay.h \
	%D%/delay_steps.c %D%/delay_steps.h \
	%D%/direction.c %D%/direction.h \
	%D%/dropouts.c %D%/dropouts.h \
	%D%/hum.c %D%/hum.h \
	%D%/linear_share.c %D%/linear_share.h \
	%D%/noise_floor.c %D%/noise_floor.h \
	%D%/pair_checks.c %D%/pair_checks.h \
	%D%/pair_checks_report.c \
	%D%/repeated_blocks.c %D%/repeated_blocks.h \
	%D%/repeats.c %D%/repeats.h \
	%D%/texture.c %D%/texture.h \
	%D%/transfer_curve.c %D%/transfer_curve.h \
	%D%/true_rate.c %D%/true_rate.h
