#!/bin/sh
# tonecell doctor: what it prints of good and bad recordings, its copies, and what is refused. The
# measurements themselves are tested in check_pair_checks.c.
. "${srcdir:-.}/tests/support/scratch.sh"

# run STATUS ARGUMENT...: runs doctor, with its output in stdout and stderr.
run() {
	status=$1
	shift
	"$tonecell" doctor "$@" </dev/null >stdout 2>stderr
	[ $? -eq "$status" ] || fail "doctor $* does not end with $status: $(cat stdout stderr)"
}

# says PATTERN FILE
says() {
	grep -q -e "$1" "$2" || fail "'$1' is not in $2: $(cat "$2")"
}

"$tonecell" signal -q --duration 30 --sample-rate 8000 dry.wav >plan &&
	"$make_model" --cell lstm --hidden 8 --rate 8000 m.safetensors &&
	"$tonecell" process -q --dc-blocker --model m.safetensors -o wet.wav dry.wav ||
	fail "no recordings"

# ------------------------------------------------------------------ good recordings

run 0 dry.wav wet.wav
says '^Input        dry.wav: 8000 Hz, 30.0 s, peak -1.0 dB$' stdout
says '^Delay        0 frames (0.00 ms)' stdout
says '^Lowest ESR   .*: noise [0-9]* dB below the signal$' stdout
says '^Repeated     [0-9]* frames are played twice' stdout
says '^Linear       ESR 0' stdout
says '^Verdict      good recordings to train on$' stdout
[ ! -s stderr ] || fail "doctor of good recordings says $(cat stderr)"
if grep -q -e '^note' -e '^warning' -e '^fault' stdout; then
	fail "findings in good recordings: $(cat stdout)"
fi

run 0 --json dry.wav wet.wav
for key in '"delay_frames": 0' '"inverted": false' '"drift_ppm": 0.0' '"verdict": "good"' \
	'"findings": \[\]' '"sample_rate": 8000.0' '"input": "dry.wav"'; do
	says "$key" stdout
done
lowest=$(sed -n 's/^ *"lowest_esr": \(.*\),$/\1/p' stdout)
awk -v esr="$lowest" 'BEGIN { exit !(esr >= 0 && esr < 1e-4) }' || fail "lowest ESR $lowest"

run 0 --plot p.svg dry.wav wet.wav
[ "$(head -c 5 p.svg)" = '<?xml' ] && [ "$(grep -c '<path ' p.svg)" -gt 20 ] || fail "no plot"
run 0 --plot p.png dry.wav wet.wav
[ "$(head -c 4 p.png | tail -c 3)" = PNG ] || fail "no plot as PNG"

printf 'input,target\ndry.wav,wet.wav\n' >m.csv
run 0 --manifest m.csv
says '^Verdict      good' stdout

# ------------------------------------------------------------------ faults

run 1 dry.wav dry.wav
says '^fault        dry.wav and dry.wav hold the same samples' stdout && says '^Verdict      .*no sense' stdout
cp dry.wav copy.wav
run 1 --json dry.wav copy.wav
says '"kind": "equal"' stdout && says '"level": "fault"' stdout && says '"verdict": "bad"' stdout

# Three pairs are a table.
cp wet.wav wet2.wav && cp wet.wav wet3.wav
run 0 dry.wav wet.wav dry.wav wet2.wav dry.wav wet3.wav
[ "$(grep -c '^  *0  *0.00 .* wet[23]*.wav$' stdout)" -eq 3 ] || fail "no table: $(cat stdout)"

if command -v sox >/dev/null; then
	sox -D wet.wav -e float late.wav pad 1000s
	cksum dry.wav late.wav >before
	run 0 --fix-to fixed dry.wav late.wav
	says '^Delay        1000 frames (125.00 ms) late$' stdout
	cksum dry.wav late.wav | cmp - before || fail "a recording has changed"
	[ "$(ls fixed)" = "late-dry.wav
late-wet.wav" ] || fail "copies: $(ls fixed)"
	run 0 fixed/late-dry.wav fixed/late-wet.wav
	says '^Delay        0 frames' stdout
	[ "$(soxi -s fixed/late-wet.wav)" = 240000 ] || fail "the copy has $(soxi -s fixed/late-wet.wav) frames"
	if grep -q 'wrong order' stdout; then fail "a late recording is called early: $(cat stdout)"; fi
	run 0 late.wav dry.wav
	says '^Delay        1000 frames (125.00 ms) early$' stdout
	says '^note         dry.wav: WET begins 125.0 ms before DRY: if no program has moved it, the files may be in the wrong order$' stdout
	run 0 --json --polarity normal late.wav dry.wav
	says '"kind": "early"' stdout && says '"verdict": "good"' stdout
	# Given in the wrong order: what an overdrive made of a sound does not tell where it was.
	"$tonecell" signal -q --duration 30 --sample-rate 48000 clean.wav >plan
	sox -D clean.wav driven.wav overdrive trim 1 6 2>/dev/null
	sox -D clean.wav six.wav trim 1 6
	run 1 driven.wav six.wav
	says '^fault        six.wav: no clear delay .*: the other way round it is clear: were DRY and WET given in the wrong order' stdout
	run 1 --fix-to fixed dry.wav late.wav
	says 'fixed/late-dry.wav: the file is there; choose another folder$' stderr
	run 1 --fix-to dry.wav dry.wav late.wav
	says 'dry.wav' stderr
	# A lossy codec, of WET only; recordings of a second.
	sox wet.wav -C 9 lossy.ogg
	run 0 --no-align dry.wav lossy.ogg
	says '^warning      lossy.ogg: is compressed with loss, .*: record WAV or FLAC$' stdout
	sox dry.wav -C 9 dry.ogg
	run 0 --no-align dry.ogg wet.wav
	grep 'compressed with loss' stdout && fail 'DRY, as its decoder gives it, was played into the device'
	for file in dry wet; do sox -D $file.wav $file-second.wav trim 2 1; done
	run 0 --no-align dry-second.wav wet-second.wav
	says '^warning      only 1.0 s of recordings; .*: record at least a minute, better three to five$' stdout
	run 0 --no-align --json dry-second.wav wet-second.wav
	says '"verdict": "usable"' stdout
	for file in dry wet; do sox -D $file.wav $file-ten.wav trim 2 10; done
	run 0 --no-align dry-ten.wav wet-ten.wav
	grep ' s of recordings' stdout && fail 'ten seconds are called short'
	sox -D -n -r 8000 -e float unrelated.wav synth 30 whitenoise vol 0.1
	run 1 dry.wav unrelated.wav
	says '^Delay        not found$' stdout && says '^fault        unrelated.wav: no clear delay' stdout
fi

# Targets of one name in two folders have two copies.
mkdir a b && cp wet.wav a && cp wet.wav b
run 0 --fix-to copies dry.wav a/wet.wav dry.wav b/wet.wav
[ "$(ls copies)" = "wet-2-dry.wav
wet-2-wet.wav
wet-dry.wav
wet-wet.wav" ] || fail "copies: $(ls copies)"

# ------------------------------------------------------------------ what is refused

for wrong in '' dry.wav 'dry.wav wet.wav dry.wav' '--manifest m.csv dry.wav wet.wav' \
	'--plot p.pdf dry.wav wet.wav' '--delay 3 --no-align dry.wav wet.wav' '--channel left dry.wav'; do
	# shellcheck disable=SC2086
	run 2 $wrong
done
run 1 dry.wav wet.wav m.csv m.csv
says 'm.csv: ' stderr
run 1 dry.wav missing.wav
says 'missing.wav: ' stderr
[ ! -s stdout ] || fail "a missing file gives $(cat stdout)"
[ $failures -eq 0 ]
