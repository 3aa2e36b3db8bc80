#!/bin/sh
# A control signal as the second channel: trained as an audio input and as a knob, played by process,
# eval and the plugin alike, and refused where it cannot be.
. "${srcdir:-.}/tests/support/scratch.sh"

# refuse STATUS PATTERN COMMAND ARGUMENT...: ends so, with one message, and writes no file.
refuse() {
	wanted=$1 pattern=$2
	shift 2
	before=$(ls -A)
	message=$(timeout 60 "$tonecell" "$@" 2>&1 >/dev/null </dev/null)
	status=$?
	[ $status -eq "$wanted" ] || fail "$*: status $status, expected $wanted: $message"
	printf '%s\n' "$message" | grep -q -e "$pattern" || fail "$*: message '$message', expected '$pattern'"
	[ "$before" = "$(ls -A)" ] || fail "$*: leaves files"
}

succeed() {
	timeout 120 "$tonecell" "$@" </dev/null >stdout 2>stderr || fail "$*: $(cat stderr)"
}

# number KEY: its value in the JSON of stdout, the first if there are several.
number() {
	sed -n "s/^ *\"$1\": \([^,]*\),*$/\1/p" stdout | head -n 1
}

train() { # MODEL OPTION...
	output=$1
	shift
	succeed train -q -o "$output" --cell gru --hidden 8 --epochs 12 --batch 8 --truncate 256 --threads 2 --schedule constant "$@"
}

"$build/tests/tools/controlled" tremolo 6 dry.wav wet.wav &&
	"$build/tests/tools/controlled" flanger 1 short.wav mono.wav &&
	"$build/tests/tools/controlled" compressor 6 key.wav pressed.wav || exit 99

# ---------------------------------------------------------------- what it is worth

# better FACTOR DRY WET NAME: with its control signal a model's error is so many times smaller.
better() {
	train without.safetensors --channel left --json "$2" "$3"
	without=$(number esr)
	train audio.safetensors --control "$4" --json "$2" "$3"
	audio=$(number esr)
	train knob.safetensors --control "$4=knob" --json "$2" "$3"
	echo "$4: ESR $without without it, $audio as audio, $(number esr) as a knob"
	awk -v f="$1" -v a="$without" -v b="$audio" 'BEGIN { exit !(a > f * b && b > 0) }' ||
		fail "$3: ESR $audio with the control signal as audio, $without without"
}

better 5 key.wav pressed.wav key
better 5 dry.wav wet.wav LFO
awk -v a="$without" -v b="$(number esr)" 'BEGIN { exit !(a > 5 * b && b > 0) }' ||
	fail "wet.wav: ESR $(number esr) with the control signal as a knob, $without without"

# ---------------------------------------------------------------- one sound everywhere

# same MODEL: what process plays, eval finds to have no error.
same() {
	succeed process -q -m "$1" -o played.wav dry.wav
	succeed eval -q -m "$1" --no-align --warmup 0 --json dry.wav played.wav
	[ "$(number max_error)" = 0.0 ] || fail "eval $1: largest error $(number max_error), expected 0"
	rm -f played.wav
}

same audio.safetensors
same knob.safetensors
succeed process -q -m knob.safetensors -o moved.wav dry.wav
succeed process -q -m knob.safetensors -o still.wav --knob LFO=0.5 dry.wav
[ "$(od -An -j22 -N2 -tu2 moved.wav | tr -d ' ')$(od -An -j22 -N2 -tu2 still.wav | tr -d ' ')" = 12 ] ||
	fail "knob.safetensors: not 1 channel with the control signal and 2 with a knob that is set"
succeed eval -m knob.safetensors --json --knob LFO=0.5 --channel left dry.wav wet.wav
still=$(number esr)
succeed eval -m knob.safetensors --json dry.wav wet.wav
awk -v a="$still" -v b="$(number esr)" 'BEGIN { exit !(a > 5 * b) }' ||
	fail "eval knob.safetensors: ESR $still with the knob set, $(number esr) with the signal"

# ---------------------------------------------------------------- in a manifest, with other knobs

cat >gear.csv <<END
input,target,stop,Size
dry.wav,wet.wav,100000,1
dry.wav,wet.wav,150000,2
END
for kind in audio knob; do
	succeed train -q -o gear.safetensors --hidden 2 --epochs 1 --control LFO=$kind --knob-range Size=0:3 --manifest gear.csv
	succeed eval -q -m gear.safetensors --manifest gear.csv
	succeed process -q -m gear.safetensors -o gear.wav --knob Size=1.5 dry.wav
	succeed doctor --control LFO --manifest gear.csv
done
succeed train -q -o gear.safetensors --hidden 2 --epochs 1 --control LFO=knob --knob-range LFO=-1:2:0:V dry.wav wet.wav
succeed info gear.safetensors
grep -q '^Knobs *LFO, -1 to 2 V \[0\]$' stdout || fail "info: $(grep -A1 '^Knobs' stdout)"
grep -q '^Control signal *LFO, a knob' stdout || fail "info says nothing of the control signal"

# ---------------------------------------------------------------- other commands

succeed info --json audio.safetensors
grep -q '"input": "audio"' stdout || fail "info --json says nothing of the control signal"
succeed bench --json audio.safetensors
succeed diagnose -m audio.safetensors --places 1 --lag 200 short.wav
succeed bundle audio.safetensors -o audio.so --label lfo_audio
grep -q 'LFO as its second audio input' stderr || fail "bundle: $(cat stderr)"
succeed bundle knob.safetensors -o knob.so --label lfo_knob
same audio.so
same knob.so
LADSPA_PATH=$PWD "$tonecell" installed >plugins || fail "installed fails"
grep -q 'audio.so: .*, label lfo_audio, ID [0-9]*$' plugins || fail "installed: $(cat plugins)"
grep -q 'knob.so: .*, label lfo_knob, IDs [0-9]* and [0-9]*$' plugins || fail "installed: $(cat plugins)"
LADSPA_PATH=$PWD "$tonecell" installed --json >plugins || fail "installed --json fails"
sed -n '/audio.so/,/}/p' plugins | grep -q '"stereo_id": null' || fail "installed --json: $(cat plugins)"
sed -n '/knob.so/,/}/p' plugins | grep -q '"stereo_id": [1-9]' || fail "installed --json: $(cat plugins)"
succeed convert audio.safetensors audio.onnx
for format in guitarml keras aidax nam; do
	refuse 1 'the model has 2' convert audio.safetensors audio.json --to $format
done

# ---------------------------------------------------------------- what is refused

rm -f ./*.csv
printf 'input,target\ndry.wav,wet.wav\nmono.wav,mono.wav\n' >mixed.csv
printf 'input,target,LFO\ndry.wav,wet.wav,1\n' >clash.csv
refuse 1 'mono.wav.*1 channel, expected 2: the signal and the control signal .LFO' process -m audio.safetensors -o x.wav mono.wav
refuse 1 'mono.wav.*1 channel, expected 2' eval -m audio.safetensors mono.wav mono.wav
refuse 1 'mono.wav.*1 channel, expected 2' train -o x.safetensors --control LFO mono.wav wet.wav
refuse 1 'key.wav has 2, and those of key.wav differ: choose one with --channel left, right or mid$' train -o x.safetensors --control LFO dry.wav key.wav
refuse 1 'mono.wav.*1 channel, expected 2' train -o x.safetensors --control LFO --manifest mixed.csv
refuse 1 "column 'LFO' has the control signal's name" train -o x.safetensors --control LFO --manifest clash.csv
refuse 1 "column 'LFO' has the control signal's name" train -o x.safetensors --control LFO=knob --manifest clash.csv
refuse 1 'or train with --control NAME' train -o x.safetensors dry.wav wet.wav
for wrong in '=knob' LFO=cv a=b=knob 'a name of more than thirty-one bytes'; do
	refuse 2 "expected NAME, NAME=audio or NAME=knob" train -o x.safetensors --control "$wrong" dry.wav wet.wav
done
refuse 2 '.--channel split, not both' train -o x.safetensors --control LFO --channel split dry.wav
refuse 2 'no knob of this name' process -m audio.safetensors -o x.wav --knob LFO=1 dry.wav
refuse 2 'the control signal has values from' train -o x.safetensors --control LFO=knob --knob-range LFO=0.4:0.5 dry.wav wet.wav
[ $failures -eq 0 ]
