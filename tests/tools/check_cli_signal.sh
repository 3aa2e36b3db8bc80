#!/bin/sh
# The signal to record: its files, what is refused, and that a recording of it is taken.
. "${srcdir:-.}/tests/support/scratch.sh"

# succeed ARGUMENT...: runs signal, with its output in stdout and stderr.
succeed() {
	"$tonecell" signal "$@" </dev/null >stdout 2>stderr || fail "signal $*: $(cat stderr)"
}

# refuse STATUS PATTERN ARGUMENT...: it says why, and leaves no file.
refuse() {
	status=$1 pattern=$2
	shift 2
	"$tonecell" signal "$@" </dev/null >stdout 2>stderr
	[ $? -eq "$status" ] || fail "signal $* does not end with $status"
	grep -q -e "$pattern" stderr || fail "signal $*: message '$(cat stderr)', expected '$pattern'"
	[ "$(find . -name 'no.*')" = "" ] || fail "signal $* leaves $(find . -name 'no.*')"
}

# number KEY: its value in the JSON of stdout, the first if there are several.
number() {
	sed -n "s/^ *\"$1\": \([^,]*\),*$/\1/p" stdout | head -n 1
}

# ------------------------------------------------------------------ formats

# The same samples in each format: FLAC as WAV, and the same bytes when it is written again.
succeed --duration 30 --sample-rate 8000 a.wav
succeed --duration 0.5m --sample-rate 8000 b.wav
cmp a.wav b.wav || fail "the same options give another file"
"$tonecell" signal -q --duration 30 --sample-rate 8000 - >piped.wav 2>stderr || fail "-: $(cat stderr)"
if command -v sox >/dev/null; then
	[ "$(soxi -r -c -b -s a.wav 2>/dev/null)" = "$(soxi -r -c -b -s piped.wav 2>/dev/null)" ] ||
		fail "the header of a stream differs from that of a file"
	sox a.wav -t s24 a.raw && sox piped.wav -t s24 piped.raw && cmp a.raw piped.raw ||
		fail "a stream has other samples than a file"
	succeed --duration 30 --sample-rate 8000 a.flac
	sox a.flac -t s24 flac.raw && cmp a.raw flac.raw || fail "FLAC has other samples than WAV"
	succeed --duration 30 --sample-rate 8000 --format 16 a16.wav
	[ "$(soxi -b a16.wav) $(soxi -r a16.wav) $(soxi -c a16.wav) $(soxi -s a16.wav)" = '16 8000 1 240000' ] ||
		fail "16 bits: $(soxi a16.wav)"
	[ "$(sox a16.wav -n trim 0 1 stat 2>&1 | sed -n 's/^Maximum amplitude: *//p')" = 0.000000 ] ||
		fail "16 bits: silence is not silent"
	[ "$(sox a16.wav -n stat 2>&1 | sed -n 's/^Maximum amplitude: *//p')" = 0.891266 ] ||
		fail "16 bits: $(sox a16.wav -n stat 2>&1 | grep amplitude)"
fi
for rate in 44100 192000; do
	succeed --for knobs --duration 30 --sample-rate $rate --format float $rate.wav
	[ "$(wc -c <$rate.wav)" -gt $((rate * 30 * 4)) ] || fail "$rate.wav is too short"
done
succeed --duration 30 --sample-rate 8000 a.ogg
grep -q 'a.ogg: warning: this format changes the samples' stderr || fail "ogg: '$(cat stderr)'"

# ------------------------------------------------------------------ what it says

succeed --for compressor --duration 30 --sample-rate 8000 a.wav
[ "$(head -n 2 stdout)" = " 0:00.0  silence          noise of the recording
 0:01.0  passage          loudest at its start: set the levels by it" ] || fail "says '$(head -n 2 stdout)'"
grep -q '^ 0:.*  bursts and gaps  attack and release$' stdout || fail "no bursts and gaps: '$(cat stdout)'"
grep -q 'then: tonecell train -o amp.safetensors a.wav wet.wav$' stderr || fail "says '$(cat stderr)'"
succeed --json --sample-rate 8000 a.wav
[ "$(number frames)" = 1440000 ] || fail "not three minutes: '$(cat stdout)'"
succeed --for knobs --json --sample-rate 8000 a.wav
[ "$(number frames) $(number sample_rate)" = '480000 8000.0' ] || fail "knobs: '$(cat stdout)'"
grep -A 3 '"name": "passage"' stdout | grep -q '"start": 8000' || fail "no passage at 8000: '$(cat stdout)'"
succeed -q --for knobs --duration 30 --sample-rate 8000 a.wav
[ -s stdout ] && [ ! -s stderr ] || fail "-q: says '$(cat stderr)'"

# ------------------------------------------------------------------ what is refused

refuse 2 "duration: '29' is not a time from 30s to 10m: a number of seconds, or one with m or h" --duration 29 no.wav
refuse 2 "duration: '11m' is not" --duration 11m no.wav
refuse 2 "sample-rate: '100' is not" --sample-rate 100 no.wav
refuse 2 "for: 'reverb' is not" --for reverb no.wav
refuse 2 "'7' is not a format" --format 7 no.wav
refuse 2 'json' --json -
refuse 2 'FILE'
refuse 1 "no.xyz: '.xyz' is not the ending of a format" no.xyz
refuse 1 'no.flac: FLAC.* cannot hold' --format float no.flac
refuse 1 'none/no.wav: cannot write' none/no.wav
mkdir folder
refuse 1 'folder: is a folder' folder
if [ "$(id -u)" -ne 0 ]; then
	chmod a-w folder
	refuse 1 'folder/no.wav: cannot write' folder/no.wav
fi
[ ! -w /dev/full ] || refuse 1 '/dev/full: cannot write' /dev/full
# A recording stays: another file, a result that was changed, one in a format that does not tell.
echo precious >song.wav
refuse 1 'song.wav: exists and may be a recording: give another name, or --force to replace it$' song.wav
[ "$(cat song.wav)" = precious ] || fail "signal replaces a recording"
succeed --duration 30 --sample-rate 8000 mine.wav
cp mine.wav kept.wav
printf '\001' | dd of=mine.wav bs=1 conv=notrunc seek=5000 2>/dev/null
cp mine.wav changed.wav
refuse 1 'mine.wav: exists and may be a recording' --duration 30 --sample-rate 8000 mine.wav
cmp -s changed.wav mine.wav || fail "signal replaces a file that was changed"
succeed --force --duration 30 --sample-rate 8000 mine.wav
cmp mine.wav kept.wav || fail "signal --force writes another file"
succeed --duration 31 --sample-rate 8000 mine.wav
cmp -s mine.wav kept.wav && fail "signal does not replace its own file"
: >empty.wav
succeed --duration 30 --sample-rate 8000 empty.wav
for format in 16 32 float double; do
	succeed --duration 30 --sample-rate 8000 --format $format mine.wav
done
for ending in aiff rf64 caf flac au; do
	succeed --duration 30 --sample-rate 8000 mine.$ending
done
for ending in aiff rf64 caf flac; do
	succeed --duration 30 --sample-rate 8000 mine.$ending
done
refuse 1 'mine.au: exists and may be a recording' --duration 30 --sample-rate 8000 mine.au
if command -v sox >/dev/null; then
	succeed --duration 30 --sample-rate 8000 mine.wav
	sox mine.wav -c 2 song.wav && cp song.wav before.wav
	refuse 1 'song.wav: exists and may be a recording' song.wav
	cmp -s song.wav before.wav || fail "signal replaces a recording"
fi
# Ctrl-C leaves nothing, and what was there stays.
cp a.wav old.wav
env --default-signal=INT "$tonecell" signal --duration 10m --sample-rate 192000 old.wav >stdout 2>stderr &
writer=$!
await_writing $writer
kill -INT $writer
wait $writer
grep -q 'old.wav: interrupted; the file was not written' stderr || fail "interrupted: '$(cat stderr)'"
cmp -s a.wav old.wav || fail "an interrupted signal changes the file"
[ "$(find . -name '.*' -type f)" = "" ] || fail "an interrupted signal leaves $(find . -name '.*' -type f)"

# ------------------------------------------------------------------ a recording of it

# Played through a model, it is a pair of recordings without delay, which the model fits.
"$make_model" --cell lstm --hidden 8 --rate 16000 m.safetensors || fail "no model"
for purpose in effect compressor knobs; do
	succeed --for $purpose --duration 30 --sample-rate 16000 dry.wav
	"$tonecell" process -q -f float -m m.safetensors -o wet.wav dry.wav || fail "$purpose: process fails"
	"$tonecell" eval --json -m m.safetensors dry.wav wet.wav >stdout 2>stderr || fail "$purpose: $(cat stderr)"
	[ "$(number delay)" = 0 ] || fail "$purpose: eval finds a delay of $(number delay)"
	awk -v esr="$(number esr)" 'BEGIN { exit !(esr != "" && esr < 1e-6) }' || fail "$purpose: ESR $(number esr)"
	grep -q '^tonecell eval: wet.wav: delay 0 frames$' stderr || fail "$purpose: eval says '$(cat stderr)'"
	! grep warning stderr || fail "$purpose: eval warns"
done
# A recording that is late and has a long end.
mv wet.wav late.wav
late=0
if command -v sox >/dev/null; then
	late=20000
	sox late.wav wet.wav pad ${late}s 3 && mv wet.wav late.wav
fi
"$tonecell" train -q --json --hidden 2 --epochs 1 -o trained.safetensors dry.wav late.wav >stdout 2>stderr ||
	fail "train: $(cat stderr)"
[ "$(number delay)" = $late ] || fail "train finds a delay of $(number delay), expected $late"
[ $failures -eq 0 ]
