made_up_pair = %D%/made_up_pair.c %D%/made_up_pair.h
unit_tests += %D%/check_alignment %D%/check_delay_curve %D%/check_made_up_pairs %D%/check_path
%C%_check_alignment_SOURCES = %D%/check_alignment.c $(failing_malloc)
%C%_check_alignment_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_delay_curve_CFLAGS = $(AM_CFLAGS) $(OPENMP_CFLAGS)
%C%_check_delay_curve_SOURCES = %D%/check_delay_curve.c $(made_up_pair) $(failing_malloc)
%C%_check_delay_curve_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_made_up_pairs_SOURCES = %D%/check_made_up_pairs.c $(made_up_pair)
%C%_check_path_SOURCES = %D%/check_path.c

# Five hundred pairs of a minute and more.
slow_tests += %D%/check_made_up_pairs
