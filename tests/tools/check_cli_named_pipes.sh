#!/bin/sh
# Named pipes among models, plugins and audio that nobody writes to: folders are read without them, and
# SIGTERM ends a command that was told to read one.
. "${srcdir:-.}/tests/support/scratch.sh"

# expect STATUS PATTERN ARGUMENT...: it ends by itself, with that in its output.
expect() {
	status=$1 pattern=$2
	shift 2
	timeout -s KILL 60 "$tonecell" "$@" </dev/null >output 2>&1
	got=$?
	[ $got -eq "$status" ] || fail "$*: status $got, expected $status: $(cat output)"
	grep -q -e "$pattern" output || fail "$*: '$(cat output)', expected '$pattern'"
}

export HOME="$PWD/home" LADSPA_PATH="$PWD/plugins"
mkdir home home/.ladspa plugins models sounds only
mkfifo home/.ladspa/x.so plugins/y.so models/a.safetensors sounds/a.wav only/a.wav only/a.json
"$make_model" --cell lstm --hidden 4 --rate 48000 models/m.safetensors || fail "no model"
cp models/m.safetensors m.safetensors
"$tonecell" signal -q --duration 30 --sample-rate 48000 sounds/b.wav || fail "no sound"

expect 0 'no LADSPA folder has a plugin' installed
expect 0 'm.safetensors' info models
expect 1 'only: no model in this folder' info only
expect 1 'only: no audio file in this folder' process -m m.safetensors -o out only
expect 0 '' process -q -m m.safetensors -o out sounds
[ "$(ls out)" = b.wav ] || fail "process of a folder with a pipe makes $(ls out)"
expect 0 'pipes (ID' install --label pipes m.safetensors
expect 0 'removed' uninstall pipes

for command in 'process -m m.safetensors -o x.wav' 'eval -m m.safetensors sounds/b.wav' \
	'train -o x.safetensors sounds/b.wav' 'doctor sounds/b.wav'; do
	# shellcheck disable=SC2086 -- words of a command
	timeout --preserve-status -k 30 0.5 "$tonecell" $command only/a.wav </dev/null >output 2>&1
	got=$?
	[ $got -ne 0 ] && [ $got -ne 137 ] || fail "$command: status $got after SIGTERM: $(cat output)"
done
[ ! -e x.wav ] && [ ! -e x.safetensors ] || fail "a command that was ended leaves a file"

# A writer that comes late is waited for.
(sleep 0.5 && cat sounds/b.wav >only/a.wav) &
expect 0 '' process -q -m m.safetensors -o late.wav only/a.wav
cmp late.wav out/b.wav || fail "a pipe gives other samples than its file"

[ $failures -eq 0 ]
