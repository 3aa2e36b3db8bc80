# Audio files in and out.
tools_tonecell_SOURCES += \
	%D%/audio.c %D%/audio.h \
	%D%/audio_format.c %D%/audio_format.h \
	%D%/audio_reader.c %D%/audio_reader.h \
	%D%/audio_sndfile.h \
	%D%/audio_writer.c %D%/audio_writer.h \
	%D%/byte_source.c %D%/byte_source.h \
	%D%/pipe_wait.c %D%/pipe_wait.h \
	%D%/file_player.c %D%/file_player.h \
	%D%/output_file.c %D%/output_file.h \
	%D%/player_group.c %D%/player_group.h \
	%D%/quantise.c %D%/quantise.h \
	%D%/render.c %D%/render.h \
	%D%/render_plan.c %D%/render_plan.h \
	%D%/result_mark.c %D%/result_mark.h \
	%D%/result_path.c %D%/result_path.h \
	%D%/sample_rate.c %D%/sample_rate.h \
	%D%/sound_data.c %D%/sound_data.h \
	%D%/sound_input.c %D%/sound_input.h \
	%D%/wav_header.c %D%/wav_header.h
