# Reading and creating files, and plugin files that contain a model: the formats and the tools link it statically.
noinst_LTLIBRARIES += %D%/libfiles.la
%C%_libfiles_la_CFLAGS = $(WARN_CFLAGS) $(CORE_CFLAGS) $(hidden)
%C%_libfiles_la_SOURCES = %D%/bundle.c %D%/bundle.h %D%/file.c %D%/file.h %D%/new_file.c \
	%D%/new_file.h
