# Compares the pages of help, as check_cli_help.sh stores them, with each other, the manual page and
# README, and prints what does not agree. The arguments, in this order: `man`, the manual page without
# its formatting; for each command `COMMAND`, its help, and `COMMAND.all`, all of it; README.md.

FNR == 1 {
	command = FILENAME
	sub(/.*\//, "", command)
	is_all = sub(/\.all$/, "", command)
	if (is_all)
		commands[command]
	section = group = continued = ""
	is_usage = 1
	is_expert = 0
}

command == "man" { read_manual_page(); next }
command == "README.md" { read_readme(); next }
is_all { read_all(); next }
{ read_everyday() }

# The name of the option that a line of help describes, "" for other lines; `letter` is its other name.
function option_of(line) {
	if (line !~ /^  (-., |    )--[a-z0-9]/)
		return ""
	letter = substr(line, 3, 2)
	line = substr(line, 9)
	sub(/[^a-z0-9-].*/, "", line)
	return line
}

# Options as in "--name=VALUE", by the commands' sections, and all together under "".
function read_manual_page() {
	if (/^\.SH/)
		section = /^\.SH "TONECELL / ? tolower(substr($0, 15, length($0) - 15)) : "other"
	if (/^\.SS "/)
		groups[section, substr($0, 6, length($0) - 6)]
	for (rest = $0; match(rest, /--[a-z0-9-]*(=|$)/); rest = substr(rest, RSTART + RLENGTH)) {
		option = substr(rest, RSTART + 2, RLENGTH - 2)
		sub(/=$/, "", option)
		described[section, option]
		described["", option]
	}
}

function read_everyday() {
	last[command] = $0
	if ((option = option_of($0)) != "") {
		everyday[command, option]
		n_everyday[command]++
	}
	if (/^[A-Z].*:$/)
		groups_shown[command, substr($0, 1, length($0) - 1)]
}

# In each group the options of experts come last.
function read_all() {
	if (/^$/)
		is_usage = 0
	if (is_usage)
		usage[command] = usage[command] $0 "\n"
	if (/^[A-Z].*:$/) {
		group = $0
		is_expert = 0
	}
	if ((option = option_of($0)) == "")
		return
	check_group()
	options[command, option] = letter
	n_options[command]++
	if (!((command, option) in everyday))
		is_expert = 1
	else if (is_expert)
		print command " --help-all: " group " --" option " follows one for experts"
	check_usage()
	check_letter()
	section = option ~ /^(help|help-all|quiet)$/ ? "" : command
	if (!((section, option) in described))
		print "the manual page lacks " command " --" option
}

# The manual page has the groups of the help, but for what all commands have.
function check_group() {
	sub(/:$/, "", group)
	if (group !~ /^(General|Options)$/ && !((command, group) in groups))
		print "the manual page of " command " has no group " group
}

# "[options]" in the usage stands for those that it does not name.
function check_usage() {
	if (option ~ /^(help|help-all|quiet)$/ || index(usage[command], "[options]"))
		return
	names = letter == "  " ? "--" option : letter "|--" option
	if (usage[command] !~ "[[ ](" names ")( |\\]|\n)")
		print "the usage of " command " lacks " letter " --" option
}

# An option that several commands have is the same letter in all of them.
function check_letter() {
	if (option in letters && letters[option] != letter)
		print "not every command has the same letter for --" option
	letters[option] = letter
}

# Lines may go on after a backslash; a call ends at a backquote, a pipe or a comment.
function read_readme() {
	line = continued $0
	if (sub(/\\$/, "", line)) {
		continued = line
		return
	}
	continued = ""
	while (match(line, /tonecell [a-z]+ [^`|#]*/)) {
		call = substr(line, RSTART, RLENGTH)
		line = substr(line, RSTART + RLENGTH)
		check_call(call)
	}
}

function check_call(call) {
	n = split(call, words, " ")
	if (!(words[2] in commands))
		return
	for (i = 3; i <= n; i++)
		if (match(words[i], /^--[a-z][a-z0-9-]*/)) {
			option = substr(words[i], 3, RLENGTH - 2)
			if (!((words[2], option) in options))
				print "README's " words[2] " --" option " is not in its help"
		}
}

# What only all pages together show. Help counts at its end the options of experts.
END {
	for (key in everyday)
		if (!(key in options)) {
			split(key, words, SUBSEP)
			print words[1] " --help-all lacks --" words[2]
		}
	for (command in commands) {
		if (n_options[command] == 0)
			print "help " command " shows no option"
		n_experts = n_options[command] - n_everyday[command]
		shown = 0
		if (match(last[command], /--help-all. shows [0-9]+ more option/)) {
			shown = substr(last[command], RSTART, RLENGTH)
			gsub(/[^0-9]/, "", shown)
		}
		if (shown + 0 != n_experts)
			print "help " command " counts '" shown "' options of experts, not " n_experts
	}
	if (n_options["train"] <= n_everyday["train"])
		print "help train hides no option"
	n = split("Data Network Training Output General", words, " ")
	for (i = 1; i <= n; i++)
		if (!(("train", words[i]) in groups_shown))
			print "help train has no group " words[i]
}
