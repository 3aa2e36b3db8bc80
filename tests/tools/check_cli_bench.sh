#!/bin/sh
# tonecell bench: every kernel set, cell and size is listed with all its numbers, and they are
# consistent. Their sizes depend on the machine and are not checked.
. "${srcdir:-.}/tests/support/scratch.sh"

# The kernel sets of this CPU, by the flags in /proc/cpuinfo.
flags=" $(sed -n 's/^flags[^:]*: //p' /proc/cpuinfo | head -n 1) "
has() {
	for flag in "$@"; do
		case $flags in *" $flag "*) ;; *) return 1 ;; esac
	done
}
kernels=c
case $(uname -m) in
x86_64)
	has avx2 fma && kernels="avx2 $kernels"
	has avx512f avx512dq avx512vl && kernels="avx512 $kernels"
	;;
aarch64) kernels="neon $kernels" ;;
esac
n_kernels=$(echo "$kernels" | wc -w)

# rows FILE: a line for each stream: cell hidden channels kernels best ns percent core48 blocks
rows() {
	sed '/"players"/,$d' "$1" | tr -d ' \n' | sed 's/{"cell":/\n&/g; s/"frames":/\n&/g' | awk '
		function value(key) {
			if (!match($0, "\"" key "\":[^,}]*"))
				return "none"
			return substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
		}
		function finish() {
			if (row)
				print row, blocks
			blocks = ""
		}
		/^{"cell"/ {
			finish()
			row = value("cell") " " value("hidden") " " value("channels") " " value("kernels") " "
			row = row value("best") " " value("ns_per_sample") " " value("percent_of_peak") " "
			row = row value("48000")
			gsub("\"", "", row)
		}
		/^"frames"/ {
			median = value("median_us") + 0
			blocks = blocks value("frames") (median > 0 && value("p999_us") + 0 >= median ? "," : "?")
		}
		END { finish() }'
}

# players FILE: a line for each player: hidden setting rate ns percent ratio latency
players() {
	sed '1,/"players"/d' "$1" | tr -d '", ' | awk -F: '
		{ value[$1] = $2 }
		/^}/ && value["setting"] {
			print value["hidden"], value["setting"], value["rate_hz"], value["ns_per_sample"],
				value["core_percent"], value["times_own_rate"], value["latency_frames"]
			value["setting"] = ""
		}'
}

# consistent: fails unless the percentages and ratios of the file `table` follow from the times.
consistent() {
	awk 'function differ(a, b) { return !(a > 0.999 * b && a < 1.001 * b) }
		$2 == "own-rate" { own = $5 }
		differ($5, $3 * $4 * 1e-7) || differ($6, $5 / own)' table >wrong
	[ ! -s wrong ] || fail "players do not follow from the times: $(cat wrong)"
}

# same WANTED FOUND WHAT: fails unless both files have the same lines, in any order.
same() {
	sort "$1" >wanted
	sort "$2" | diff wanted - || fail "$3"
}

"$tonecell" bench --quiet --json >json 2>err || fail "bench --json fails: $(cat err)"
[ ! -s err ] || fail "bench --json --quiet says $(cat err)"
[ "$(grep -c '^{$' json) $(tail -n 1 json)" = "1 }" ] || fail "the JSON is not one object"
for key in peak_gflops l1_gb_per_s l2_gb_per_s; do
	sed -n 's/.*"'$key'": \([0-9.e+-]*\),/\1/p' json | awk '$1 > 0 { n++ } END { exit n != 1 }' ||
		fail "no $key"
done
grep -q '"cpu": "..*"' json || fail "no name of the CPU"
grep -q '"model": null' json || fail "a model where none is given"

rows json >table
for cell in rnn lstm lstm-peephole gru gru-reset-before; do
	for hidden in 8 16 20 24 32 40 64 96 128; do
		for channels in 1 2 16; do
			for k in $kernels; do
				echo $cell $hidden $channels $k
			done
		done
	done
done >expected
awk '{ print $1, $2, $3, $4 }' table >streams
same expected streams "other streams than expected"

# The first kernel set of each stream is the best one; blocks are timed for one and two channels.
awk -v best="${kernels%% *}" '{
	wanted = $4 == best && $3 <= 2 ? "32,64," : ""
	if ($5 != ($4 == best ? "true" : "false") || !($6 > 0) || !($7 > 0) || $9 != wanted)
		print
}' table >wrong
[ ! -s wrong ] || fail "wrong rows: $(cat wrong)"

# Computed from the time: the percentage of a core for all channels, and of the peak.
peak=$(sed -n 's/.*"peak_gflops": \([0-9.e+-]*\),/\1/p' json)
awk -v peak="$peak" 'BEGIN { gates["rnn"] = 1; gates["lstm"] = gates["lstm-peephole"] = 4; gates["gru"] = gates["gru-reset-before"] = 3 }
function differ(a, b) { return a < 0.999 * b || a > 1.001 * b }
differ($8, $6 * $3 * 48000e-7) || differ($7, 100 * 2 * gates[$1] * $2 * (1 + $2) / ($6 * peak))
' table >wrong
[ ! -s wrong ] || fail "percentages do not follow from the time: $(cat wrong)"

# Players of LSTMs of 44.1 kHz: 48 kHz is late by 91 frames, oversampling by 80.
players json >table
for hidden in 8 16 20 24 32 40 64 96 128; do
	echo "$hidden own-rate 44100.0 0"
	echo "$hidden resampled 48000.0 91"
	echo "$hidden oversampled-2 44100.0 80"
	echo "$hidden oversampled-4 44100.0 80"
done >expected
awk '{ print $1, $2, $3, $7 }' table >found
same expected found "other players than expected"
consistent

# A given model, and kernels chosen by the environment variable.
"$make_model" --cell gru --hidden 3 --layers 2 --knobs 1 m.safetensors || fail "no model"
TONECELL_KERNELS=c "$tonecell" bench -q --json m.safetensors >json || fail "bench of a model fails"
for channels in 1 2 16; do
	for k in $kernels; do
		echo gru 3 $channels $k "$([ $k = c ] && echo true || echo false)"
	done
done >expected
rows json | awk '{ print $1, $2, $3, $4, $5 }' >streams
same expected streams "other streams of a model than expected"
[ "$(sed '/"players"/,$d' json | grep -c '"layers": 2')" -eq $((3 * n_kernels)) ] ||
	fail "the model has other layers"
players json >table
[ "$(awk '{ printf "%s ", $2 }' table)" = "own-rate resampled delayed oversampled-2 oversampled-4 " ] ||
	fail "other players of the model than expected: $(cat table)"
consistent

"$tonecell" bench -q m.safetensors >text || fail "bench of a model fails as text"
[ "$(grep -c '^gru ' text)" -eq 4 ] || fail "the text has not three lines and a player: $(cat text)"
for k in $kernels; do
	grep -q "^cell .* $k[ *]" text || fail "the text lacks the kernels $k: $(cat text)"
done
grep -q "^cell .* ${kernels%% *}\*" text || fail "the best kernels have no star: $(cat text)"

grep -q '^gru  *3  *[0-9.]*\(  *[0-9.]* ([0-9.]*)  *[0-9]*\)\{4\}$' text || fail "no player: $(cat text)"
"$make_model" --rate 48000 r.safetensors && "$tonecell" bench -q --json r.safetensors >json
players json | grep -q '^2 resampled 44100.0 ' || fail "a model of 48 kHz is not played at 44.1 kHz"

echo nonsense >bad.safetensors
for bad in bad.safetensors missing.safetensors; do
	"$tonecell" bench "$bad" >out 2>err
	[ $? -eq 1 ] || fail "bench of $bad does not end with 1"
	[ ! -s out ] || fail "bench of $bad writes $(cat out)"
	grep -q "^tonecell bench: $bad: " err || fail "bench of $bad says $(cat err)"
done
"$tonecell" bench one two >out 2>&1
[ $? -eq 2 ] || fail "two models are accepted"

# Training: the network and options, and percentages computed from the speed.
"$tonecell" bench -q --train --cell gru --hidden 9,5 --batch 3 --truncate 70 --threads 2 --json \
	>json 2>err || fail "bench --train fails: $(cat err)"
number() { sed -n 's/.*"'"$1"'": "\{0,1\}\([a-z0-9.e+-]*\)"\{0,1\},\{0,1\}$/\1/p' json; }
found="$(number cell) $(number hidden) $(number layers) $(number batch) $(number truncate)"
[ "$found $(number threads) $(number kernels)" = "gru 9 2 3 70 2 ${kernels%% *}" ] ||
	fail "bench --train reports another training: $(cat json)"
echo "$(number frames_per_second) $(number percent_of_peak) $(number peak_gflops)" \
	"$(number memory_bytes) $(number bytes_per_frame)" | awk '
function differ(a, b) { return !(a > 0.999 * b && a < 1.001 * b) }
{ flops = 6 * 3 * (9 * (1 + 9 + 1) + 5 * (9 + 5 + 1)) }
!($1 > 0) || differ($2, 1e-9 * $1 * flops * 100 / (2 * $3)) || differ($5, $4 / 210)' >wrong
[ ! -s wrong ] || fail "numbers of training do not fit each other: $(cat json)"
TONECELL_KERNELS=c "$tonecell" bench -q --train --batch 1 --truncate 9 >text || fail "no text"
grep -q '^Training  .* thousand frames per second$' text || fail "no speed: $(cat text)"
grep -q '^Peak .*, c)$' text || fail "the peak is not that of the kernels: $(cat text)"
for wrong in "--cell gru" --peephole "--train --cell gru --peephole" "--reset before" "--train --reset after" "--hidden 4" "--batch 2" "--truncate 9" "--threads 1" "--train m.safetensors"; do
	# shellcheck disable=SC2086
	"$tonecell" bench $wrong >out 2>&1
	[ $? -eq 2 ] || fail "bench $wrong is accepted"
done

[ $failures -eq 0 ]
