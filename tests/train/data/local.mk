unit_tests += %D%/check_sampler
