# Recordings to train on and to score.
tools_tonecell_SOURCES += \
	%D%/alignment.c %D%/alignment.h \
	%D%/channels.c %D%/channels.h \
	%D%/clip_set.c %D%/clip_set.h \
	%D%/clips.c %D%/clips.h \
	%D%/control.c %D%/control.h \
	%D%/csv.c %D%/csv.h \
	%D%/dataset.c %D%/dataset.h \
	%D%/findings.c %D%/findings.h \
	%D%/frame_mask.c %D%/frame_mask.h \
	%D%/ignored_frames.c %D%/ignored_frames.h \
	%D%/knob_range.c %D%/knob_range.h \
	%D%/levels.c %D%/levels.h \
	%D%/manifest.c %D%/manifest.h \
	%D%/overload.c %D%/overload.h \
	%D%/quiet.c %D%/quiet.h \
	%D%/quiet_clips.c %D%/quiet_clips.h \
	%D%/recording_findings.c %D%/recording_findings.h \
	%D%/recordings.c %D%/recordings.h \
	%D%/silence.c %D%/silence.h \
	%D%/split_offer.c %D%/split_offer.h \
	%D%/validation_split.c %D%/validation_split.h
