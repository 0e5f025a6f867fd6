# SPDX-License-Identifier: GPL-2.0
# What the tool is made of, for its Makefile and for that of its unit tests.

ctl_dir := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
root_dir := $(ctl_dir)/..

# What follows the words of a command, in the order of the data.
CTL_SOURCES := main.c \
	cmd_check.c cmd_events.c cmd_flush.c cmd_load.c cmd_monitor.c cmd_ps.c cmd_show.c \
	cmd_status.c cmd_version.c \
	input.c source.c yaml.c grammar.c grammar_rule.c network.c value.c model.c \
	compile.c host.c diag.c \
	nl.c encode.c transaction.c fetch.c decode.c refusal.c \
	emit.c filter.c print.c json.c missed.c names.c names_socket.c text.c alloc.c \
	usage.c

# The evaluator that the module runs, from ../module.
PURE_SOURCES := pattern.c glob.c pathtree.c pathtree_build.c addrset.c \
	ruleset.c ruleset_compile.c ruleset_kinds.c rulefit.c kindset.c

ctl_packages := libnl-genl-3.0 libnl-3.0 yaml-0.1 json-c

CTL_CPPFLAGS := -D_GNU_SOURCE -I$(root_dir)/include/uapi -I$(root_dir)/module \
	$(shell $(PKG_CONFIG) --cflags $(ctl_packages))
CTL_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Wno-missing-field-initializers \
	-Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
	-Wvla -Werror
CTL_LIBS := $(shell $(PKG_CONFIG) --libs $(ctl_packages))
