# Files. Where allocations of the library are made to fail, it is linked statically.
unit_tests += \
	%D%/check_broken_files \
	%D%/check_export \
	%D%/check_export_refusals \
	%D%/check_file \
	%D%/check_foreign \
	%D%/check_guitarml \
	%D%/check_keras \
	%D%/check_nam \
	%D%/check_loudness \
	%D%/check_native \
	%D%/check_numbers \
	%D%/check_pytorch \
	%D%/check_real_files \
	%D%/check_refused_models \
	%D%/check_safetensors \
	%D%/check_selftest \
	%D%/check_vectors

%C%_check_broken_files_LDADD = $(format_test_libs)

exported_model = %D%/exported_model.c %D%/exported_model.h
%C%_check_export_SOURCES = %D%/check_export.c $(exported_model) $(failing_malloc) $(temp_folder)
%C%_check_export_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_export_LDADD = $(format_test_libs)
%C%_check_export_refusals_SOURCES = %D%/check_export_refusals.c $(exported_model) $(temp_folder)
%C%_check_export_refusals_LDADD = $(format_test_libs)

%C%_check_file_SOURCES = %D%/check_file.c $(failing_malloc) $(temp_folder)
%C%_check_file_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_file_LDADD = $(format_test_libs)

# Files of other programs.
foreign_document = %D%/foreign_document.c %D%/foreign_document.h
gru_document = %D%/gru_document.c %D%/gru_document.h
%C%_check_foreign_SOURCES = %D%/check_foreign.c $(foreign_document) $(gru_document) \
	$(failing_malloc)
%C%_check_foreign_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_foreign_LDADD = $(format_test_libs)
%C%_check_guitarml_SOURCES = %D%/check_guitarml.c $(foreign_document)
%C%_check_guitarml_LDADD = $(format_test_libs)
%C%_check_keras_SOURCES = %D%/check_keras.c $(foreign_document) $(gru_document) $(temp_folder)
%C%_check_keras_LDADD = $(format_test_libs)
%C%_check_nam_SOURCES = %D%/check_nam.c $(foreign_document)
%C%_check_nam_LDADD = $(format_test_libs)

%C%_check_loudness_SOURCES = %D%/check_loudness.c $(temp_folder)
%C%_check_loudness_LDADD = $(format_test_libs)

%C%_check_native_SOURCES = %D%/check_native.c $(failing_malloc) $(sample_model) $(temp_folder)
%C%_check_native_LDFLAGS = $(failing_malloc_ldflags)
%C%_check_native_LDADD = $(format_test_libs)

%C%_check_numbers_SOURCES = %D%/check_numbers.c $(scratch_folder)
%C%_check_numbers_LDADD = $(format_test_libs)

model_draft = %D%/model_draft.c %D%/model_draft.h
%C%_check_pytorch_SOURCES = %D%/check_pytorch.c $(model_draft)
%C%_check_pytorch_LDADD = $(format_test_libs)
%C%_check_refused_models_SOURCES = %D%/check_refused_models.c $(model_draft)
%C%_check_refused_models_LDADD = $(format_test_libs)

%C%_check_safetensors_LDADD = $(format_test_libs)

%C%_check_selftest_SOURCES = %D%/check_selftest.c $(sample_model)
%C%_check_selftest_LDADD = $(format_test_libs)

# Real files of other programs, which are not part of the project.
reference_models = %D%/reference_models.c %D%/reference_models.h
%C%_check_real_files_SOURCES = %D%/check_real_files.c $(reference_models) $(temp_folder)
%C%_check_real_files_LDADD = $(format_test_libs)
%C%_check_vectors_SOURCES = %D%/check_vectors.c $(reference_models)
%C%_check_vectors_LDADD = $(format_test_libs)

EXTRA_DIST += %D%/check_onnx.sh %D%/play_onnx.py
TESTS += %D%/check_onnx.sh
