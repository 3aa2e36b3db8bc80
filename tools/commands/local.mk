# One file a command.
tools_tonecell_SOURCES += \
	%D%/cmd_bench.c \
	%D%/cmd_bundle.c \
	%D%/cmd_convert.c \
	%D%/cmd_diagnose.c \
	%D%/cmd_doctor.c \
	%D%/cmd_eval.c \
	%D%/cmd_info.c \
	%D%/cmd_install.c \
	%D%/cmd_installed.c \
	%D%/cmd_process.c \
	%D%/cmd_signal.c \
	%D%/cmd_train.c
