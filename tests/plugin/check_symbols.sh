#!/bin/sh
# Symbols that the plugin file exports, and those that it needs from the system. A name that is new here is to be
# added only if it is harmless: run() must reach nothing that allocates, locks, prints or waits.
set -u
plugin=$PLUGIN_FOLDER/tonecell.so
failed=0

for program in nm readelf; do
	command -v "$program" >/dev/null || { echo "skipped: $program is not installed (Debian: binutils)"; exit 77; }
done
if nm -D --undefined-only "$plugin" | grep -Eq '__(asan|ubsan|tsan)_'; then
	echo "skipped: the plugin was built with a sanitizer"
	exit 77
fi

fail() {
	echo "FAIL $1"
	failed=1
}

shown=$(nm -D --defined-only "$plugin" | awk '{ print $3 }' | sed 's/@.*//')
test "$shown" = ladspa_descriptor || fail "exported: $shown"

# The last line is what the C compiler and the loader add by themselves.
allowed='getenv|calloc|free|malloc|strdup|aligned_alloc|posix_memalign|dl_iterate_phdr|dladdr|madvise|__errno_location
snprintf|vsnprintf|__snprintf_chk|__vsnprintf_chk|memcpy|memset|memcmp|memmove|memchr|__memcpy_chk
strcmp|strncmp|strlen|strrchr|strcspn|strspn|strnlen|powf|expf|tanhf|fminf|fmaxf|fmax|fmin|floorf|exp|cexp|log10|sin|floor|ceil|sqrt
__cxa_finalize|__gmon_start__|_ITM_deregisterTMCloneTable|_ITM_registerTMCloneTable|__stack_chk_fail'
for name in $(nm -D --undefined-only "$plugin" | awk '{ print $2 }' | sed 's/@.*//'); do
	echo "$allowed" | tr '|' '\n' | grep -qx "$name" || fail "the plugin needs $name"
done

for library in $(readelf -d "$plugin" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
	case $library in
	libc.so.* | libm.so.* | ld-linux*) ;;
	*) fail "the plugin needs the library $library" ;;
	esac
done

# What plays models needs no library of those that train and draw.
core=$PLUGIN_FOLDER/../../core/.libs/libtonecell.so
for library in $(readelf -d "$core" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
	case $library in
	libc.so.* | libm.so.* | ld-linux* | libjansson.so.*) ;;
	*) fail "libtonecell needs the library $library" ;;
	esac
done

# Looking up a symbol at its first use takes the loader's lock, inside run().
readelf -d "$plugin" | grep -Eq 'BIND_NOW|FLAGS_1.*NOW' || fail "symbols are bound late"

# crtfastmath.o, which -ffast-math links in, changes the host's floating point mode.
! nm "$plugin" 2>/dev/null | grep -q set_fast_math || fail "crtfastmath is linked in"
exit $failed
