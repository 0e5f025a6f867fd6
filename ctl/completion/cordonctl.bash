# SPDX-License-Identifier: GPL-2.0
# Completion of cordonctl for bash.
#
# Commands, options and operands are those that the tool's help names, so that
# there is nothing here to be forgotten; tenants are those in force.

_cordonctl_commands() {
	cordonctl help 2>/dev/null |
		sed -n '/^commands:$/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'
}

# "--name" for each option of a command, "--name=" for those with an argument.
_cordonctl_options() {
	cordonctl help "$1" 2>/dev/null |
		sed -n '/^options:$/,/^$/s/^  \(--[a-z-]*=\{0,1\}\).*/\1/p'
}

_cordonctl_operands() {
	cordonctl help "$1" 2>/dev/null |
		sed -n '1s/^usage: cordonctl [a-z-]* *\(\[OPTION\.\.\.\]\)\{0,1\} *//p'
}

_cordonctl_tenants() {
	cordonctl show --json 2>/dev/null |
		sed -n 's/^ *"name": *"\([A-Za-z0-9._-]*\)",\{0,1\}$/\1/p'
}

# What may stand behind "--option=".
_cordonctl_values() {
	case $1 in
	--tenant | --tenants) _cordonctl_tenants ;;
	--class) echo file socket guard stream admin ;;
	--verdict) echo denied would-deny allowed noted ;;
	--format) echo text json falco ;;
	esac
}

# How many words in front of the current one are operands.
_cordonctl_count() {
	local i count=0
	for ((i = 2; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--) ;;
		-* | =) ;;
		*) [ "${COMP_WORDS[i - 1]}" = = ] || count=$((count + 1)) ;;
		esac
	done
	echo "$count"
}

_cordonctl_complete_operand() {
	local command=$1 current=$2 operands
	operands=$(_cordonctl_operands "$command")
	case $operands in
	"TENANT -- "*)
		if [ "$(_cordonctl_count)" = 0 ]; then
			mapfile -t COMPREPLY < <(compgen -W \
				"$(_cordonctl_tenants)" -- "$current")
		else
			mapfile -t COMPREPLY < <(compgen -c -- "$current")
		fi
		;;
	"TENANT OP "*)
		case $(_cordonctl_count) in
		0)
			mapfile -t COMPREPLY < <(compgen -W \
				"$(_cordonctl_tenants)" -- "$current")
			;;
		1) ;;
		*)
			compopt -o filenames 2>/dev/null
			mapfile -t COMPREPLY < <(compgen -f -- "$current")
			;;
		esac
		;;
	*TENANT*)
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_cordonctl_tenants)" -- "$current")
		;;
	*COMMAND*)
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_cordonctl_commands)" -- "$current")
		;;
	*FILE*)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		;;
	esac
}

_cordonctl() {
	local current=${COMP_WORDS[COMP_CWORD]} option=
	local command=${COMP_WORDS[1]}
	COMPREPLY=()

	# bash takes "--option=value" for three words.
	if [ "$current" = = ]; then
		option=${COMP_WORDS[COMP_CWORD - 1]}
		current=
	elif [ "${COMP_WORDS[COMP_CWORD - 1]}" = = ]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if [ "$COMP_CWORD" -le 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_cordonctl_commands) --help --version" -- "$current")
	elif [ "$option" = --state ] || [ "$option" = --output ]; then
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
	elif [ -n "$option" ]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_cordonctl_values "$option")" -- "$current")
	elif [[ $current == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_cordonctl_options "$command")" -- "$current")
		[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null
	else
		_cordonctl_complete_operand "$command" "$current"
	fi
}

complete -F _cordonctl cordonctl
