# The page of a model that --report writes: HTML with SVG plots, players of audio, tables.
tools_tonecell_SOURCES += \
	%D%/base64.c %D%/base64.h \
	%D%/content.h \
	%D%/delay_plot.c \
	%D%/esr_plot.c \
	%D%/html.c %D%/html.h \
	%D%/learning_plots.c \
	%D%/metrics.c \
	%D%/page.c %D%/page.h \
	%D%/players.c \
	%D%/seconds.c %D%/seconds.h \
	%D%/seconds_plots.c \
	%D%/spectra_plot.c \
	%D%/style.c \
	%D%/summary.c \
	%D%/svg_plot.c %D%/svg_plot.h \
	%D%/tables.c \
	%D%/transfer_plot.c
