#!/bin/sh
# Speed of training, part of `make bench`: thousand frames per second, and the percentage of the
# measured peak of the cores in use. Compared with PyTorch if python3 has it, measured in turn, with
# one thread and with all. TONECELL is the program to measure; PYTHON a python3 with torch.
set -u
here=$(dirname "$0")
tonecell=${TONECELL:-tonecell}
python=${PYTHON:-/usr/bin/python3}
threads=$(nproc)

"$python" -c 'import torch' 2>/dev/null && torch=yes || torch=no

# number KEY: from the JSON on stdin.
number() {
	sed -n 's/.*"'"$1"'": \([0-9.e+-]*\),*$/\1/p'
}

# ours THREADS CELL HIDDEN BATCH TRUNCATE: frames per second and percent of the peak
ours() {
	"$tonecell" bench --quiet --json --train --threads "$1" --cell "$2" --hidden "$3" --batch "$4" \
		--truncate "$5" >"$json" || exit 1
	echo "$(number frames_per_second <"$json") $(number percent_of_peak <"$json")"
}

# theirs THREADS CELL HIDDEN BATCH TRUNCATE: frames per second, or 0
theirs() {
	if [ "$torch" = yes ]; then "$python" "$here/torch_train.py" "$2" "$3" "$4" "$5" "$1"; else echo 0; fi
}

# line CELL HIDDEN BATCH TRUNCATE
line() {
	one=$(ours 1 "$@") all=$(ours "$threads" "$@")
	echo "$* $one $all $(theirs 1 "$@") $(theirs "$threads" "$@")" | awk -v torch="$torch" '{
		printf "%-4s %5d %5d %8d  %8.0f %5.1f  %8.0f %5.1f", $1, $2, $3, $4,
			$5 / 1000, $6, $7 / 1000, $8
		if (torch == "yes") {
			best = $9 > $10 ? $9 : $10
			printf "  %8.0f %8.0f %8.1f", $9 / 1000, $10 / 1000, ($5 > $7 ? $5 : $7) / best
		}
		printf "\n"
	}'
}

json=$(mktemp) || exit 1
trap 'rm -f "$json"' EXIT
echo "Training, thousand frames per second and % of the peak, with 1 and $threads threads"
[ "$torch" = yes ] || echo "(no PyTorch beside it: $python has no module torch)"
printf '%-4s %5s %5s %8s  %8s %5s  %8s %5s' cell units batch truncate 1 % "$threads" %
[ "$torch" = yes ] && printf '  %8s %8s %8s' 'torch 1' "torch $threads" times
echo
for hidden in 16 32 40 64 96; do line lstm $hidden 50 2048; done
for hidden in 16 40 64 96; do line lstm $hidden 64 2048; done
line lstm 40 256 2048
line gru 40 50 2048
for truncate in 512 8192; do line lstm 40 64 $truncate; done
line lstm 40,40 64 2048
