# The command line, and README, whose commands and program are run.
unit_tests += %D%/check_options %D%/check_settings %D%/check_manifest %D%/check_sample_rate %D%/check_channels \
	%D%/check_quiet %D%/check_time_left %D%/check_validation_split \
	%D%/check_overload %D%/check_frame_mask %D%/check_pair_checks %D%/check_signal \
	%D%/check_effect_recipe %D%/check_model_verdict %D%/check_aliasing %D%/check_sines
%C%_check_effect_recipe_SOURCES = %D%/check_effect_recipe.c tools/tasks/effect_recipe.c \
	tools/data/clip_set.c
%C%_check_effect_recipe_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
paths = tools/cli/paths.c tools/cli/printable.c
parsed_options = tools/cli/options.c tools/cli/option_values.c tools/cli/nearest_word.c \
	tools/cli/printable.c \
	tools/cli/settings_file.c tools/cli/settings_json.c tools/cli/settings_quote.c \
	tools/cli/settings_store.c
settings_sources = $(parsed_options) tools/cli/option_groups.c tools/cli/settings_print.c
every_option = %D%/every_option.c %D%/every_option.h
%C%_check_options_SOURCES = %D%/check_options.c $(every_option) $(temp_folder) $(parsed_options)
%C%_check_options_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_check_options_LDADD = $(format_test_libs)
%C%_check_settings_SOURCES = %D%/check_settings.c $(every_option) $(temp_folder) $(settings_sources)
%C%_check_settings_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_check_settings_LDADD = $(format_test_libs)
%C%_check_manifest_SOURCES = %D%/check_manifest.c $(temp_folder) tools/data/manifest.c \
	tools/data/csv.c tools/cli/option_values.c $(paths)
%C%_check_manifest_LDADD = $(LDADD) $(JANSSON_LIBS)
%C%_check_manifest_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
converted_audio = tools/audio/sample_rate.c tools/audio/audio.c tools/audio/audio_reader.c \
	tools/audio/audio_format.c tools/audio/byte_source.c tools/audio/pipe_wait.c \
	tools/audio/sound_data.c tools/cli/interrupt.c \
	tools/audio/sound_input.c tools/audio/output_file.c \
	$(paths)
%C%_check_sample_rate_SOURCES = %D%/check_sample_rate.c $(converted_audio)
%C%_check_sample_rate_LDADD = $(LDADD) $(SAMPLERATE_LIBS) $(SNDFILE_LIBS)
%C%_check_sample_rate_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_check_channels_SOURCES = %D%/check_channels.c tools/data/channels.c tools/data/findings.c \
	tools/cli/talk.c tools/cli/time_left.c $(paths)
%C%_check_channels_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_check_overload_SOURCES = %D%/check_overload.c tools/data/overload.c tools/data/silence.c
%C%_check_overload_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_check_frame_mask_SOURCES = %D%/check_frame_mask.c tools/data/frame_mask.c \
	$(converted_audio)
%C%_check_frame_mask_LDADD = $(LDADD) $(SAMPLERATE_LIBS) $(SNDFILE_LIBS)
%C%_check_frame_mask_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_check_pair_checks_SOURCES = %D%/check_pair_checks.c tools/checks/agreement.c \
	tools/checks/decay.c tools/checks/repeated_blocks.c tools/checks/texture.c \
	tools/checks/transfer_curve.c \
	tools/checks/delay_steps.c tools/checks/direction.c tools/checks/dropouts.c \
	tools/checks/hum.c tools/checks/linear_share.c tools/checks/noise_floor.c \
	tools/checks/pair_checks.c tools/checks/pair_checks_report.c \
	tools/checks/repeats.c tools/checks/true_rate.c \
	$(converted_audio) tools/cli/talk.c tools/cli/time_left.c tools/data/findings.c tools/data/levels.c \
	tools/data/silence.c tools/measurement/goertzel.c \
	tools/measurement/quantile.c tools/report/esr.c
%C%_check_pair_checks_LDADD = $(LDADD) $(SAMPLERATE_LIBS) $(SNDFILE_LIBS)
%C%_check_pair_checks_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_check_model_verdict_SOURCES = %D%/check_model_verdict.c tools/report/model_verdict.c
%C%_check_model_verdict_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_check_aliasing_SOURCES = %D%/check_aliasing.c tools/measurement/aliasing.c
%C%_check_aliasing_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_check_sines_SOURCES = %D%/check_sines.c tools/tasks/effect_sines.c tools/data/clip_set.c
%C%_check_sines_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) -I$(top_srcdir)/tools
%C%_check_signal_SOURCES = %D%/check_signal.c tools/signal/drums.c tools/signal/guitar.c \
	tools/signal/level_steps.c tools/signal/noise_bursts.c tools/signal/plucked_string.c \
	tools/signal/sections.c tools/signal/sound.c tools/signal/sweep.c tools/signal/true_peak.c
%C%_check_signal_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_check_time_left_SOURCES = %D%/check_time_left.c tools/cli/time_left.c
%C%_check_time_left_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_check_quiet_SOURCES = %D%/check_quiet.c tools/data/quiet.c tools/data/levels.c \
	tools/measurement/quantile.c
%C%_check_quiet_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools
%C%_check_validation_split_SOURCES = %D%/check_validation_split.c tools/data/validation_split.c \
	tools/data/clip_set.c tools/cli/talk.c tools/cli/time_left.c $(paths)
%C%_check_validation_split_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools

cli_scripts = %D%/check_cli_process.sh %D%/check_cli_help.sh %D%/check_cli_info.sh \
	%D%/check_cli_formats.sh %D%/check_cli_bench.sh %D%/check_cli_precision.sh \
	%D%/check_cli_diagnose.sh %D%/check_cli_train.sh %D%/check_cli_recipe.sh %D%/check_cli_control.sh %D%/check_cli_teacher.sh %D%/check_cli_anti_alias.sh \
	%D%/check_recordings.sh \
	%D%/check_recording_rates.sh \
	%D%/check_cli_doctor.sh %D%/check_cli_signal.sh %D%/check_cli_lengths.sh \
	%D%/check_cli_settings.sh %D%/check_cli_symbols.sh %D%/check_cli_address_space.sh %D%/check_cli_escapes.sh %D%/check_cli_killed_writers.sh %D%/check_cli_named_pipes.sh %D%/check_cli_rejected.sh %D%/check_cli_save.sh %D%/check_cli_disk_full.sh \
	%D%/check_killed_training.sh %D%/check_report.sh %D%/check_readme.sh
EXTRA_DIST += $(cli_scripts) %D%/help_pages.awk %D%/read_report.py README.md %D%/example.c
TESTS += $(cli_scripts)
# A hundred kills, and half a minute's wait.
slow_tests += %D%/check_killed_training.sh %D%/check_cli_save.sh
check_PROGRAMS += %D%/peak_memory %D%/controlled
%C%_controlled_CFLAGS = $(AM_CFLAGS) $(SNDFILE_CFLAGS)
%C%_controlled_LDADD = $(SNDFILE_LIBS) -lm
%C%_peak_memory_LDADD =
check_LTLIBRARIES += %D%/slow_fsync.la %D%/no_tmpfile.la
%C%_slow_fsync_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
%C%_slow_fsync_la_SOURCES = %D%/slow_fsync.c
%C%_no_tmpfile_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
%C%_no_tmpfile_la_SOURCES = %D%/no_tmpfile.c
