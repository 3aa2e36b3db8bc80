# From the gradient to the next parameters.
unit_tests += %D%/check_batch_norm %D%/check_constraint
%C%_check_constraint_CFLAGS = $(AM_CFLAGS) $(LAPACKE_CFLAGS)
%C%_check_constraint_LDADD = $(LDADD) $(LAPACKE_LIBS)
%C%_check_constraint_SOURCES = %D%/check_constraint.c $(trainer_problem) $(train_log)
%C%_check_batch_norm_SOURCES = %D%/check_batch_norm.c $(shard_problem)
