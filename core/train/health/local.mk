# Faults of a model that its score does not show.
core_libtraining_la_SOURCES += \
	%D%/health.c \
	%D%/notes.c %D%/notes.h \
	%D%/note_sensitivity.c %D%/note_sensitivity.h \
	%D%/response.c %D%/response.h \
	%D%/rest.c %D%/rest.h \
	%D%/sensitivity.c %D%/sensitivity.h \
	%D%/stability.c %D%/stability.h
