# Files and images. Where allocations of the library are made to fail, it is linked statically.
unit_tests += \
	%D%/check_drafts \
	%D%/check_export \
	%D%/check_file \
	%D%/check_foreign \
	%D%/check_image \
	%D%/check_native \
	%D%/check_safetensors \
	%D%/check_selftest \
	%D%/check_vectors
format_test_libs = %D%/libsupport.la core/libtonecell.la $(JANSSON_LIBS) $(CHECK_LIBS) -lm

%C%_check_drafts_LDADD = $(format_test_libs)

%C%_check_export_SOURCES = %D%/check_export.c $(failing_malloc) $(temp_folder)
%C%_check_export_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_export_LDADD = $(format_test_libs)

%C%_check_file_SOURCES = %D%/check_file.c $(failing_malloc) $(temp_folder)
%C%_check_file_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_file_LDADD = $(format_test_libs)

%C%_check_foreign_SOURCES = %D%/check_foreign.c $(failing_malloc) $(temp_folder)
%C%_check_foreign_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_foreign_LDADD = $(format_test_libs)

%C%_check_image_SOURCES = %D%/check_image.c $(failing_malloc) $(sample_model)
%C%_check_image_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_image_LDADD = $(format_test_libs)

%C%_check_native_SOURCES = %D%/check_native.c $(failing_malloc) $(sample_model) $(temp_folder)
%C%_check_native_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_native_LDADD = $(format_test_libs)

%C%_check_safetensors_LDADD = $(format_test_libs)

%C%_check_selftest_SOURCES = %D%/check_selftest.c $(sample_model)
%C%_check_selftest_LDADD = $(format_test_libs)

%C%_check_vectors_SOURCES = %D%/check_vectors.c $(temp_folder)
%C%_check_vectors_LDADD = $(format_test_libs)
