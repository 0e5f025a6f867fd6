#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Style and static checks, each a function named check_*; without arguments
# behind RESULTS all of them run.
#
# usage: lint.sh RESULTS [CHECK...]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
. "$top/tests/vm/cache.sh"
. "$here/files.sh"
cd "$top"

results=$1
shift
# What a check returns that had nothing to look at.
skipped=77

# with_shebang NAME...: files whose first line runs one of these programs.
with_shebang() {
	local file line name
	while IFS= read -r file; do
		IFS= read -r line <"$file" 2>/dev/null || continue
		for name; do
			[[ $line != "#!"*"$name" ]] || echo "$file"
		done
	done < <(files)
}

unpack_scripts() {
	tar -xf "/usr/src/linux-source-$series.tar.xz" -C "$1" \
		--strip-components=2 --wildcards \
		'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' \
		'*/scripts/const_structs.checkpatch' '*/scripts/kernel-doc'
}

# Prints the directory of the kernel's own checking scripts.
kernel_scripts() {
	local version dir
	series=6.1
	version=$(dpkg-query -W -f '${Version}' "linux-source-$series")
	dir=$CORDON_CACHE/scripts/$series-$(cache_key "$version")
	cache_fill "$dir" unpack_scripts
	echo "$dir"
}

ignored_types() {
	local pattern type _
	while read -r pattern type _; do
		# shellcheck disable=SC2053 # the right side is a pattern
		[[ $pattern == "#" ]] || [[ $1 != $pattern ]] ||
			printf '%s,' "$type"
	done <"$here/checkpatch.ignore"
}

# Not in the top directory: it would leave a list of names there.
check_checkpatch() {
	local scripts file ignored status=0
	scripts=$(kernel_scripts)
	mkdir -p build/checkpatch/include
	cd build/checkpatch
	while read -r file; do
		ignored=$(ignored_types "$file")
		perl "$scripts/checkpatch.pl" --no-tree --root=. --strict --terse \
			--no-summary --show-types --ignore "${ignored%,}" \
			-f "../../$file" || status=1
	done < <(cd "$top" && c_files '*.c' '*.h' '*.S')
	return $status
}

check_clang_format() {
	local list
	mapfile -t list < <(c_files '*.c' '*.h')
	clang-format --dry-run -Werror "${list[@]}"
}

check_kernel_doc() {
	local scripts list
	scripts=$(kernel_scripts)
	mapfile -t list < <(c_files 'module/*.c' 'module/*.h')
	perl "$scripts/kernel-doc" -none -Werror "${list[@]}"
}

check_build_w1() {
	COPY_SUFFIX=-w1 tests/vm/build-module.sh 6.1
}

# In a copy of its own: the checker rebuilds everything.
check_sparse() {
	COPY_SUFFIX=-sparse tests/vm/build-module.sh 6.1 C=2 \
		CF=-D__CHECK_ENDIAN__
}

check_shellcheck() {
	local list
	mapfile -t list < <({
		files '*.sh'
		with_shebang /sh bash
	} | sort -u)
	shellcheck -x -P SCRIPTDIR "${list[@]}"
}

check_cppcheck() {
	cppcheck --quiet --std=c11 --inline-suppr --error-exitcode=1 \
		--enable=warning,performance,portability \
		--suppress=missingInclude -Iinclude/uapi -Imodule -Ictl \
		--suppressions-list="$here/cppcheck.suppress" ctl module tests
}

check_generated() {
	local part file status=0
	for part in uapi:include/uapi/linux/cordon.h \
		policy-h:module/netlink_policy.h \
		policy-c:module/netlink_policy.c; do
		file=${part#*:}
		/usr/bin/python3 include/uapi/generate.py "${part%%:*}" \
			<include/uapi/cordon.yaml | diff -u "$file" - ||
			status=1
	done
	return $status
}

check_spdx() {
	local file status=0
	while read -r file; do
		case $file in
		LICENSES/* | *.md | *.tsv | *.csv | *.png) continue ;;
		# Whose form is fixed; the one on copyright speaks for them.
		ctl/packaging/debian/*) continue ;;
		esac
		head -n 3 "$file" | grep -qa 'SPDX-License-Identifier: ' || {
			echo "$file: no SPDX line"
			status=1
		}
	done < <(files)
	return $status
}

check_file_size() {
	local list long
	# A netlink spec is one file, however much there is in it.
	mapfile -t list < <(c_files | grep -vxF include/uapi/cordon.yaml)
	long=$(wc -l "${list[@]}" | awk '$1 > 600 && $2 != "total"')
	[ -z "$long" ] || {
		echo "longer than 600 lines:"
		echo "$long"
		return 1
	}
}

check_version_tests() {
	local found
	found=$(files 'module/*' 'ctl/*' 'tests/kunit/*' |
		grep -vxF module/compat.h |
		xargs grep -nE 'KERNEL_VERSION *\(|LINUX_VERSION_CODE' || :)
	[ -z "$found" ] || {
		echo "version tests belong in module/compat.h:"
		echo "$found"
		return 1
	}
}

# The version is kept in module/version.h; dkms and Debian want their own copies.
check_version() {
	local module packaged debian
	debian=$(sed -n '1s/^cordon (\(.*\)) .*/\1/p' \
		ctl/packaging/debian/changelog)
	module=$(sed -n 's/.*CORDON_VERSION "\(.*\)"/\1/p' module/version.h)
	packaged=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
	if [ -z "$module" ] || [ "$module" != "$packaged" ]; then
		echo "module/version.h says '$module', dkms.conf '$packaged'"
		return 1
	fi
	if [ "$module" != "$debian" ]; then
		echo "module/version.h says '$module', debian/changelog '$debian'"
		return 1
	fi
}

check_python() {
	local list
	mapfile -t list < <(files '*.py')
	/usr/bin/python3 -m pyflakes "${list[@]}"
}

# The queries of the dashboard are checked as rules, which promtool knows.
check_prometheus() {
	local promtool
	promtool=$(tests/vm/unpacked.sh prometheus promtool)
	"$promtool" check rules --lint-fatal ctl/prometheus/alerts.yml
	"$promtool" test rules ctl/prometheus/alerts-test.yml
	mkdir -p build
	/usr/bin/python3 tests/lint/dashboard.py \
		<ctl/prometheus/dashboard.json >build/dashboard-rules.yml
	"$promtool" check rules build/dashboard-rules.yml
}

# What users see: man(1) as Debian has it, which uses groff.
check_rendering() {
	local page warnings
	for page; do
		warnings=$(MANWIDTH=80 LC_ALL=C.UTF-8 man --warnings -l -Tutf8 \
			-Z "$page" 2>&1 >/dev/null)
		[ -z "$warnings" ] || {
			echo "$page: $warnings"
			return 1
		}
	done
}

check_man() {
	local list
	mapfile -t list < <(files '*.[1-9]')
	[ ${#list[@]} -gt 0 ] || {
		echo "there is no man page"
		return "$skipped"
	}
	mandoc -T lint -W warning "${list[@]}"
	check_rendering "${list[@]}"
}

# The end of the output of a check is worth more than its beginning.
run_check() {
	local name=$1 begun=$SECONDS outcome=pass status=0 output
	output=$(mktemp)
	(
		set -e
		"check_$name"
	) >"$output" 2>&1 &
	wait $! || status=$?
	case $status in
	0) ;;
	"$skipped") outcome=skip ;;
	*) outcome=fail ;;
	esac
	printf '%-5s %s\n' "$outcome" "$name"
	[ "$outcome" = pass ] || tail -n 200 "$output" | sed 's/^/    /'
	rm -f "$output"
	printf 'lint\t-\t%s\t%s\t%d\n' "$name" "$outcome" \
		$((SECONDS - begun)) >>"$results"
	[ "$outcome" != fail ]
}

mkdir -p "$(dirname "$results")"
: >"$results"
[ $# -gt 0 ] || {
	mapfile -t all < <(compgen -A function check_ | sort)
	set -- "${all[@]#check_}"
}
failures=0
for check; do
	declare -F "check_$check" >/dev/null || {
		echo "lint: there is no check '$check'" >&2
		exit 2
	}
	# Not to the left of "||": that would switch "set -e" off in the check.
	set +e
	run_check "$check"
	status=$?
	set -e
	[ "$status" = 0 ] || failures=$((failures + 1))
done
[ "$failures" = 0 ]
