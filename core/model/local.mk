# The immutable model and its flat image.
core_libplay_la_SOURCES += \
	%D%/architecture.c \
	%D%/bytes.h \
	%D%/cell.c %D%/cell.h %D%/cell_table.h \
	%D%/crc32.c %D%/crc32.h \
	%D%/embedding.h \
	%D%/image.c \
	%D%/model.c %D%/model.h \
	%D%/network_input.c %D%/network_input.h
