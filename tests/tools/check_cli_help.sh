#!/bin/sh
# Help, manual page, parser and README agree on the commands and their options.
set -u
LC_ALL=C
export LC_ALL

tonecell=$TONECELL
readme=${srcdir:-.}/README.md
failures=0

fail() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

page=$("$tonecell" help --man | sed 's/\\-/-/g; s/\\f[BRIP]//g') || fail "no manual page"
commands=$("$tonecell" --help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p')
[ "$(echo "$commands" | wc -l)" -ge 2 ] || fail "--help lists no commands"

# The help of each command, everyday and all; the checks below read it many times.
helps=$(mktemp -d) || exit 1
trap 'rm -rf "$helps"' EXIT
for command in $commands; do
	"$tonecell" help "$command" >"$helps/$command" && "$tonecell" help --all "$command" >"$helps/$command.all" ||
		fail "help $command fails"
done

# The names of the long options in the help of a command: all, or those for everyday use.
options_of() {
	sed -n 's/^  \(-., \|    \)--\([a-z0-9-]*\).*/\2/p' "$helps/$1.all"
}

everyday_options_of() {
	sed -n 's/^  \(-., \|    \)--\([a-z0-9-]*\).*/\2/p' "$helps/$1"
}

# Their short names as well, in the form "-m --model".
both_names_of() {
	sed -n 's/^  \(-.\), \(--[a-z0-9-]*\).*/\1 \2/p; s/^      \(--[a-z0-9-]*\).*/\1/p' "$helps/$1.all" |
		grep -v -e '--quiet$' -e '--help$' -e '--help-all$'
}

# The section of a command in the manual page.
section_of() {
	echo "$page" | sed -n "/^\.SH \"TONECELL $(echo "$1" | tr a-z A-Z)\"/,/^\.SH/p"
}

# Help shows what --help-all does but for the options of experts, which it counts at its end. In
# each group they come last.
check_levels() {
	for option in $(everyday_options_of "$1"); do
		options_of "$1" | grep -qx -e "$option" || fail "$1 --help-all lacks --$option"
	done
	experts=$(($(options_of "$1" | wc -l) - $(everyday_options_of "$1" | wc -l)))
	shown=$(sed -n '$s/.*--help-all. shows \([0-9]*\) more option.*/\1/p' "$helps/$1")
	[ "${shown:-0}" -eq $experts ] || fail "help $1 counts '$shown' options of experts, not $experts"
	awk -v everyday="$(everyday_options_of "$1" | tr '\n' ' ')" '
		/^[A-Z].*:$/ { group = $0; expert = 0 }
		/^  (-., |    )--/ {
			sub(/^  (-., |    )--/, ""); sub(/[^a-z0-9-].*/, "")
			if (!index(" " everyday, " " $0 " ")) expert = 1
			else if (expert) print group " --" $0 " follows one for experts"
		}' "$helps/$1.all" >late.tmp
	[ ! -s late.tmp ] || fail "help $1: $(cat late.tmp)"
	rm -f late.tmp
}

for command in $commands; do
	options=$(options_of "$command")
	[ -n "$options" ] || fail "help $command shows no option"
	[ "$("$tonecell" "$command" --help)" = "$(cat "$helps/$command")" ] ||
		fail "$command --help and help $command differ"
	[ "$("$tonecell" "$command" --help-all)" = "$(cat "$helps/$command.all")" ] ||
		fail "$command --help-all and help --all $command differ"
	check_levels "$command"
	usage=$(sed '/^$/q' "$helps/$command")
	both_names_of "$command" | while read -r short long; do
		echo "$usage" | grep -qE -e "(\[options\]|[[ ](${short}${long:+|$long})( |\]|\$))" || echo "$short $long"
	done >missing.tmp
	[ ! -s missing.tmp ] || fail "the usage of $command lacks $(cat missing.tmp)"
	rm -f missing.tmp
	for option in $options; do
		case $option in help | help-all | quiet) shown=$page ;; *) shown=$(section_of "$command") ;; esac
		echo "$shown" | grep -q -e "--$option\(=\|\$\)" || fail "the manual page lacks $command --$option"
		"$tonecell" "$command" "--$option" --help 2>&1 </dev/null | grep -q 'unknown option' &&
			fail "$command does not know its --$option"
	done
done

# An option that several commands have is the same letter in all of them.
split=$(for command in $commands; do
	sed -n 's/^  \(-.\|  \)[, ] \(--[a-z0-9-]*\).*/\2 \1/p' "$helps/$command.all"
done | sort -u | sed 's/ .*//' | uniq -d)
[ -z "$split" ] || fail "not every command has the same letter for $split"

# Each `tonecell COMMAND ... --option` of README exists; lines may go on after a backslash.
if [ -f "$readme" ]; then
	sed -e ':a' -e '/\\$/{N; s/\\\n//; ta' -e '}' "$readme" | grep -o 'tonecell [a-z][a-z]* [^`|#]*' |
		sort -u >help_calls.tmp
	while read -r _ command rest; do
		echo "$commands" | grep -qx "$command" || continue
		for word in $rest; do
			option=$(echo "$word" | sed -n 's/^--\([a-z][a-z0-9-]*\).*/\1/p')
			[ -z "$option" ] || options_of "$command" | grep -qx -e "$option" ||
				fail "README's $command --$option is not in its help"
		done
	done <help_calls.tmp
	rm -f help_calls.tmp
fi

# ------------------------------------------------------------------ the program itself

# expect STATUS FILE ARGUMENT...: ends so, and writes to that of stdout and stderr only.
expect() {
	wanted=$1 stream=$2
	shift 2
	out=$("$tonecell" "$@" 2>/dev/null)
	status=$?
	err=$("$tonecell" "$@" 2>&1 >/dev/null)
	[ $status -eq "$wanted" ] || fail "tonecell $*: status $status, expected $wanted"
	case $stream in
	stdout) [ -n "$out" ] && [ -z "$err" ] || fail "tonecell $*: not on stdout alone" ;;
	stderr) [ -z "$out" ] && [ -n "$err" ] || fail "tonecell $*: not on stderr alone" ;;
	esac
}

expect 0 stdout --help
expect 0 stdout --version
expect 0 stdout help
expect 0 stdout help --help
expect 0 stdout help process
expect 0 stdout help --all process
expect 0 stdout process --help-all
expect 0 stdout process --help
expect 2 stderr
expect 2 stderr help nonsense
expect 2 stderr nonsense
expect 2 stderr process --nonsense
expect 2 stderr help --all nonsense
"$tonecell" porcess 2>&1 | grep -q "did you mean 'process'?" || fail "a slip in a command is not recognised"
"$tonecell" --nonsense 2>&1 | grep -q "unknown option '--nonsense'" || fail "an unknown option is taken for a command"
[ "$(everyday_options_of train | wc -l)" -lt "$(options_of train | wc -l)" ] ||
	fail "help train hides no option"
for group in Data Network Training Output General; do
	"$tonecell" help train | grep -qx "$group:" || fail "help train has no group $group"
	[ $group = General ] || section_of train | grep -qx "\.SS \"$group\"" ||
		fail "the manual page of train has no group $group"
done
if [ -w /dev/full ]; then
	"$tonecell" --help >/dev/full 2>/dev/null && fail "help that cannot be written is no failure"
fi
if command -v man >/dev/null; then
	warnings=$("$tonecell" help --man | man --warnings -l -Tutf8 - 2>&1 >/dev/null)
	[ -z "$warnings" ] || fail "man warns: $warnings"
fi

[ $failures -eq 0 ]
