#!/bin/sh
# Programs that are killed while they write a file leave the earlier one, and nothing else where the file
# system knows files without a name; elsewhere a folder, which the next run removes and no host loads.
. "${srcdir:-.}/tests/support/scratch.sh"
ulimit -t 120

slow_fsync=$build/tests/tools/.libs/slow_fsync.so no_tmpfile=$build/tests/tools/.libs/no_tmpfile.so
[ -e "$slow_fsync" ] || { echo 'skipped: there are no shared libraries to preload'; exit 77; }
"$make_model" --cell lstm --hidden 2 --rate 8000 --name Old old.safetensors || fail "no model"
"$make_model" --cell gru --hidden 2 --rate 8000 --name New new.safetensors || fail "no model"
"$tonecell" signal -q --duration 30 --sample-rate 8000 dry.wav >/dev/null || fail "no sound"
export HOME="$PWD/home"
plugins=$HOME/.ladspa
mkdir -p models "$plugins"

# kill_writer PRELOADED ARGUMENT...: a call that is killed while the data of its file go to the disk.
kill_writer() {
	libraries=$1
	shift
	(
		ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 LD_PRELOAD=$libraries
		export ASAN_OPTIONS LD_PRELOAD
		exec "$tonecell" "$@" </dev/null >stdout 2>stderr
	) &
	writer=$!
	until [ -e fsync.begun ] || ! kill -0 $writer 2>/dev/null; do sleep 0.02; done
	kill -KILL $writer || fail "$* ends before it can be killed: $(cat stderr)"
	{ wait $writer; } 2>/dev/null
	rm -f fsync.begun
}

left() { find . -name '.tonecell-*'; }

for kind in nameless named; do
	libraries=$slow_fsync
	[ $kind = nameless ] || libraries=$slow_fsync:$no_tmpfile
	rm -rf wet.wav models/c.onnx "$plugins"/*
	"$tonecell" process -q -m old.safetensors -o wet.wav dry.wav || fail "process: $?"
	"$tonecell" convert old.safetensors models/c.onnx || fail "convert: $?"
	"$tonecell" install -q --label killed old.safetensors >/dev/null || fail "install: $?"
	cp wet.wav wet.old; cp models/c.onnx c.old; cp "$plugins/tonecell_killed.so" plugin.old

	kill_writer "$libraries" process -q -m new.safetensors -o wet.wav dry.wav
	kill_writer "$libraries" convert --force new.safetensors models/c.onnx
	kill_writer "$libraries" install -q --replace --label killed new.safetensors
	cmp wet.wav wet.old && cmp models/c.onnx c.old && cmp "$plugins/tonecell_killed.so" plugin.old ||
		fail "$kind: a killed program changes the earlier file"
	[ "$(ls "$plugins")" = "$(printf 'rdf\ntonecell_killed.so')" ] || [ "$(ls "$plugins")" = tonecell_killed.so ] ||
		fail "$kind: the folder of plugins holds $(ls "$plugins")"
	case $kind in
	nameless) [ "$(left)" = '' ] || fail "a killed program leaves $(left)" ;;
	named)
		[ "$(left | wc -l)" -eq 3 ] || fail "not killed while a named file was written: $(left)"
		[ "$(find . -path '*/.tonecell-*' -type f | wc -l)" -eq 3 ] || fail "no files in $(left)"
		for folder in $(left); do [ -d "$folder" ] || fail "$folder is no folder: hosts load it"; done
		;;
	esac
	"$tonecell" process -q -m new.safetensors -o wet.wav dry.wav || fail "process again: $?"
	"$tonecell" convert --force new.safetensors models/c.onnx || fail "convert again: $?"
	"$tonecell" install -q --replace --label killed new.safetensors >/dev/null || fail "install again: $?"
	[ "$(left)" = '' ] || fail "$kind: the next run leaves $(left)"
	cmp -s wet.wav wet.old && fail "$kind: process again changes nothing"
	cmp -s "$plugins/tonecell_killed.so" plugin.old && fail "$kind: install again changes nothing"
done

# The folder of a process that is at work, and of another machine, stay.
mkdir ".tonecell-$(uname -n)-$$-0" .tonecell-elsewhere-1-0
"$tonecell" process -q -m new.safetensors -o wet.wav dry.wav || fail "process: $?"
[ "$(left | wc -l)" -eq 2 ] || fail "what others are writing is removed: $(left)"
[ $failures -eq 0 ]
