#!/bin/sh
# Every seed is read by its target, and no input that once broke a reader still does.
source=$(cd "${srcdir:-.}" && pwd)
. "$source/tests/support/scratch.sh"

replay=$build/tests/fuzz/replay

sh "$source/tests/fuzz/seeds.sh" "$tonecell" "$make_model" seeds || fail "no seeds"
for folder in seeds/*; do
	"$replay" --valid "${folder#*/}" "$folder"/* >out 2>err || fail "a seed: $(tail -n 1 out) $(cat err)"
done
for folder in "$source"/tests/fuzz/inputs/*; do
	"$replay" "${folder##*/}" "$folder"/* >out 2>err || fail "an input: $(tail -n 1 out) $(cat err)"
done

[ $failures -eq 0 ]
