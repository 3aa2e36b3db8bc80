# Options, help, messages: what every command shares.
tools_tonecell_SOURCES += \
	%D%/analogue_levels.c %D%/analogue_levels.h \
	%D%/cell_choice.c %D%/cell_choice.h \
	%D%/commands.c %D%/commands.h \
	%D%/environment.c %D%/environment.h \
	%D%/given.h \
	%D%/help.c %D%/help.h \
	%D%/interrupt.c %D%/interrupt.h \
	%D%/json_result.c %D%/json_result.h \
	%D%/knobs.c %D%/knobs.h \
	%D%/load_model.c %D%/load_model.h \
	%D%/markup.c %D%/markup.h \
	%D%/model_file.c %D%/model_file.h \
	%D%/main.c \
	%D%/man.c \
	%D%/nearest_word.c %D%/nearest_word.h \
	%D%/option_groups.c %D%/option_groups.h \
	%D%/option_values.c %D%/option_values.h \
	%D%/options.c %D%/options.h \
	%D%/output_check.c %D%/output_check.h \
	%D%/paths.c %D%/paths.h \
	%D%/previous_file.c %D%/previous_file.h \
	%D%/rate_choice.c %D%/rate_choice.h \
	%D%/printable.c %D%/printable.h \
	%D%/settings.h \
	%D%/settings_file.c \
	%D%/settings_json.c %D%/settings_json.h \
	%D%/settings_print.c \
	%D%/settings_quote.c %D%/settings_quote.h \
	%D%/settings_store.c %D%/settings_store.h \
	%D%/table.c %D%/table.h \
	%D%/talk.c %D%/talk.h \
	%D%/time_left.c %D%/time_left.h
