#!/bin/sh
# Control characters and marks of direction in names of files never reach the terminal.
. "${srcdir:-.}/tests/support/scratch.sh"

# ESC, BEL, C1's CSI (U+009B), an override of direction (U+202E), a byte that is no UTF-8; then e with an
# acute accent, which stays.
bad=$(printf 'a\033[31m\007\302\233\342\200\256\377\303\251')
shown=$(printf 'a?[31m????\303\251')

# safe NAME: neither stdout nor stderr holds any of them.
safe() {
	bytes=$(cat stdout stderr | tr -d '\n' | od -An -v -tx1 | tr -d '\n')
	case $bytes in
	*' 1b'* | *' 07'* | *' c2 9b'* | *' e2 80 ae'* | *' ff'*) fail "$1 shows them: $bytes" ;;
	esac
}

run() {
	"$tonecell" "$@" </dev/null >stdout 2>stderr
	safe "$1"
}

"$make_model" --cell lstm --hidden 2 --rate 8000 "$bad.safetensors" || fail "no model"
mkdir "$bad" && cp "$bad.safetensors" "$bad" || fail "no folder"
"$tonecell" signal -q --duration 30 --sample-rate 8000 "$bad.wav" || fail "no sound"
printf 'input,target\n"%s","%s.wav"\n' "$bad" "$bad" >m.csv

run info "$bad"
grep -qF "$shown.safetensors" stdout || fail "info of a folder says '$(cat stdout)'"
run info "$bad.safetensors"
grep -qF "$shown.safetensors" stdout || fail "info says '$(cat stdout)'"
run info --json "$bad.safetensors"
run info "$bad.none"
grep -qF "info: $shown.none: cannot open" stderr || fail "info says '$(cat stderr)'"
run "info$bad"
run info "--$bad"
run process -m "$bad.safetensors" -o "$bad-out.wav" "$bad.wav"
run eval -m "$bad.safetensors" --no-align "$bad.wav" "$bad.wav"
run doctor "$bad.wav" "$bad.wav"
run train --manifest m.csv -o "$bad-new.safetensors"
grep -qF "$shown: is a folder" stderr || fail "train says '$(cat stderr)'"
run train --epochs 1 --hidden 1 -o "$bad-new.safetensors" "$bad.wav" "$bad-out.wav"

# The record of a training is a text of the file: CSI and ESC as the names of two of its values.
LC_ALL=C sed 's/\\"version\\"/\\"\\\\u009b\\"/; s/\\"options\\"/\\"\\\\u001b\\"/' \
	"$bad-new.safetensors" >record.safetensors || fail "no record"
run info record.safetensors
[ "$(grep -c '^  ?  ' stdout)" -eq 2 ] || fail "info shows the record as '$(cat stdout stderr)'"
run installed
[ $failures -eq 0 ]
