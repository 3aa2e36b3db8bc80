# The model, its image and its cells.
unit_tests += %D%/check_cells %D%/check_image %D%/check_limits
%C%_check_cells_LDADD = $(core_test_libs)
%C%_check_image_SOURCES = %D%/check_image.c $(failing_malloc) $(sample_model)
%C%_check_image_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_image_LDADD = $(format_test_libs)
%C%_check_limits_LDADD = $(format_test_libs)

EXTRA_DIST += %D%/check_exports.sh
TESTS += %D%/check_exports.sh
