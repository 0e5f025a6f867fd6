# SPDX-License-Identifier: GPL-2.0
# What the tool is made of, for its Makefile and for that of its unit tests.

ctl_dir := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
root_dir := $(ctl_dir)/..

CTL_SOURCES := $(notdir $(wildcard $(ctl_dir)/*.c))

# The evaluator that the module runs, from ../module.
PURE_SOURCES := pattern.c glob.c pathtree.c pathtree_build.c addrset.c \
	ruleset.c ruleset_compile.c ruleset_kinds.c rulefit.c kindset.c \
	decide.c proto.c query.c match.c

ctl_packages := libnl-genl-3.0 libnl-3.0 yaml-0.1 json-c sqlite3 ncursesw

CTL_CPPFLAGS := -D_GNU_SOURCE -I$(root_dir)/include/uapi -I$(root_dir)/module \
	$(shell $(PKG_CONFIG) --cflags $(ctl_packages) libsystemd)
CTL_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Wno-missing-field-initializers \
	-Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
	-Wvla -Werror
CTL_LIBS := $(shell $(PKG_CONFIG) --libs $(ctl_packages))
