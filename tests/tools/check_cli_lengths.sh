#!/bin/sh
# Sound files and pipes whose header states no length, too little or too much.
. "${srcdir:-.}/tests/support/scratch.sh"
command -v sox >/dev/null || { echo "skipped: sox is missing, which makes the sounds"; exit 77; }

# play ARGUMENT...: process into files of one format.
play() {
	"$tonecell" process --force -m m.safetensors -f au:float "$@" >stdout 2>stderr
}

# with NEW OLD OFFSET BYTES: a copy with these bytes, as of printf, from the offset on.
with() {
	cp "$2" "$1"
	# shellcheck disable=SC2059
	printf "$4" | dd of="$1" bs=1 conv=notrunc seek="$3" 2>/dev/null
}

# offset FILE WORD: where a word is in the first bytes of the file.
offset() {
	head -c 5000 "$1" | grep -abo "$2" | head -n 1 | cut -d : -f 1
}

# expect_result FILE PATTERN: fails unless all of the file was played, with this message.
expect_result() {
	cmp -s "results/$1.au" expected.au || fail "$1 has another sound"
	grep -q "$2" stderr || fail "$1: '$2' is not in $(cat stderr)"
}

# piped FILE PATTERN: the same through a pipe.
piped() {
	rm -f piped.au
	cat "files/$1" | play -o piped.au - || fail "$1 from a pipe: $(cat stderr)"
	cmp -s piped.au expected.au || fail "$1 from a pipe has another sound: $(cat stderr)"
	grep -q "standard input: $2" stderr || fail "$1 from a pipe: '$2' is not in $(cat stderr)"
}

# many N BYTE
many() {
	for _ in 1 2 3 4 5 6 7 8; do [ "$_" -gt "$1" ] || printf '%s' "$2"; done
}

"$make_model" --cell rnn --hidden 1 m.safetensors || fail "no model"
sox -R -n -r 44100 -b 16 sound.wav synth 1 whitenoise gain -30
mkdir files cut

# Name, a word of the header, bytes from it to the length, bytes of the length and their order.
kinds='wav:data:4:4:little aiff:SSND:4:4:big au:.snd:8:4:big caf:data:4:8:big
	w64:data:16:8:little rf64:ds64:16:8:little bw64:ds64:16:8:little'
for kind in $kinds; do
	IFS=: read -r name word after size order <<-END
		$kind
	END
	if [ "$name" = bw64 ]; then
		{ printf BW64; tail -c +5 files/good-rf64; } >files/good-bw64
	else # each with the same samples
		"$tonecell" process -q -m m.safetensors -f "$name:16" -o "files/good-$name" sound.wav ||
			fail "no $name"
	fi
	at=$(($(offset "files/good-$name" "$word") + after))
	case $order$size in # 16384 bytes
	little*) short='\000\100'$(many $((size - 2)) '\000') ;;
	big*) short=$(many $((size - 2)) '\000')'\100\000' ;;
	esac
	with "files/zero-$name" "files/good-$name" "$at" "$(many "$size" '\000')"
	with "files/none-$name" "files/good-$name" "$at" "$(many "$size" '\377')"
	with "files/short-$name" "files/good-$name" "$at" "$short"
	head -c 60000 "files/good-$name" >"cut/$name"
done

play -o expected.au files/good-wav || fail "$(cat stderr)"
play -o results files/* || fail "$(cat stderr)"
none='the header states no length: all 44100 frames are played'
zero='warning: the header states 0 frames, but there are 44100: all are played'
short='warning: the header states 81[0-9]* frames, but there are 44100: all are played'
for kind in $kinds; do
	name=${kind%%:*}
	expect_result "good-$name" ''
	grep -q "good-$name: .*header" stderr && fail "good-$name: $(grep "good-$name" stderr)"
	expect_result "zero-$name" "zero-$name: $zero"
	expect_result "none-$name" "none-$name: $none"
	expect_result "short-$name" "short-$name: $short"
done
mkdir no
play -o no cut/* && fail "files that were cut are played"
[ "$(grep -c 'cut short: [0-9]* bytes of samples, the header states 88200$' stderr)" = 7 ] || fail "$(cat stderr)"
[ -z "$(ls no)" ] || fail "files that were cut are played: $(ls no)"

for kind in $kinds; do
	name=${kind%%:*}
	piped "none-$name" 'the header states no length: played to the end'
	piped "short-$name" 'warning: the header states 81[0-9]* frames, but 44100 came: all were played'
done
for name in wav aiff rf64; do
	piped "zero-$name" 'the header states no length: played to the end'
	cat "files/good-$name" | play -o piped.au -
	cmp -s piped.au expected.au || fail "good-$name from a pipe has another sound"
done
cat cut/w64 | play -o piped.au - && fail "a pipe that was cut is played"
grep -q 'standard input: cut short: [0-9]* frames, the header states 44100' stderr || fail "$(cat stderr)"
{ cat files/good-wav; printf 'LIST\004\000\000\000INFO'; head -c 20000 /dev/zero; } >chunk
cat chunk | play -o piped.au - || fail "$(cat stderr)"
cmp -s piped.au expected.au || fail "a chunk after the samples is played"
sox sound.wav sound.flac
cat sound.flac | play -o piped.au - || fail "FLAC from a pipe: $(cat stderr)"
play -o flac.au sound.flac
cmp -s piped.au flac.au || fail "FLAC has another sound from a pipe"
exit $((failures > 0))
