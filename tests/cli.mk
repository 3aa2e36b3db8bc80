# The command line, and README, whose commands and program are run.
unit_tests += %D%/check_options
%C%_check_options_SOURCES = %D%/check_options.c $(temp_folder) tools/options.c
%C%_check_options_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_check_options_LDADD = %D%/libsupport.la core/libtonecell.la $(CHECK_LIBS) -lm

cli_scripts = %D%/check_cli_process.sh %D%/check_cli_help.sh %D%/check_cli_info.sh \
	%D%/check_cli_formats.sh %D%/check_cli_bench.sh %D%/check_cli_precision.sh \
	%D%/check_onnx.sh %D%/check_cli_diagnose.sh %D%/check_readme.sh
EXTRA_DIST += %D%/play_onnx.py %D%/scratch.sh $(cli_scripts) README.md %D%/example.c
TESTS += $(cli_scripts)
check_PROGRAMS += %D%/peak_memory
%C%_peak_memory_LDADD =
