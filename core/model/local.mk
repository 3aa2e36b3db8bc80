# The immutable model and its flat image.
core_libplay_la_SOURCES += \
	%D%/architecture.c \
	%D%/bytes.h \
	%D%/cell.c %D%/cell.h %D%/cell_rows.h %D%/cell_slots.h %D%/cell_table.h \
	%D%/crc32.c %D%/crc32.h \
	%D%/embedding.h \
	%D%/image.c \
	%D%/model.c %D%/model.h \
	%D%/usual_rate.h \
	%D%/network_input.c %D%/network_input.h

# What a plugin file is: the plugin, and the tools that write such files, link it statically.
noinst_LTLIBRARIES += %D%/libidentity.la
%C%_libidentity_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) $(hidden)
%C%_libidentity_la_SOURCES = %D%/image_section.h %D%/plugin_identity.c %D%/plugin_identity.h
