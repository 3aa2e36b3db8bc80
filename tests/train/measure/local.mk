unit_tests += %D%/check_fir
%C%_check_fir_SOURCES = %D%/check_fir.c $(failing_malloc)
%C%_check_fir_LDFLAGS = $(failing_malloc_ldflags)
