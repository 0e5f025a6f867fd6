# SPDX-License-Identifier: GPL-2.0
#
# Everything that is made lands in build/.  "make help" lists the targets.

# Kernels that "make check" runs: stock ones by the beginning of their version
# (7 is the newest that begins with a 7), and debug-6.1, with every sanitizer.
KERNELS ?= 6.1 6.12 7 debug-6.1
# Headers to compile the module against.
KDIR ?= $(wildcard /lib/modules/$(shell uname -r)/build)
PREFIX ?= /usr/local
DESTDIR ?=

MAKEFLAGS += --no-print-directory

VERSION := $(shell sed -n 's/.*CORDON_VERSION "\(.*\)"/\1/p' module/version.h)
STOCK := $(firstword $(filter-out debug-%,$(KERNELS)) 6.1)
DEBUG := $(filter debug-%,$(KERNELS))
# A stock kernel that is run with sanitizers as well has all functional tests
# there, and by itself those that most changes are about.
TWICE := $(filter $(DEBUG:debug-%=%),$(KERNELS))

# The last stock kernel has all functional tests, too; so has one that is picked
# alone.  Those before it have what most changes are about, all in check-long.
WHOLE := $(lastword $(filter-out debug-% $(TWICE),$(KERNELS)))
PART := $(filter-out debug-% $(WHOLE),$(KERNELS))

# Where it was written down what operations cost.
BENCH := $(patsubst tests/bench/baseline-%.tsv,bench:%,\
	$(wildcard tests/bench/baseline-$(STOCK).tsv))

SUITES ?= $(foreach k,$(DEBUG),functional:$k kunit:$k netfuzz:$k torture:$k) \
	cycles:$(STOCK) flood:$(STOCK) $(BENCH) unit tool fuzz lint views dkms \
	probe:$(STOCK) $(foreach k,$(STOCK) $(DEBUG),detectors:$k seal:$k) \
	$(foreach k,$(WHOLE),functional:$k) $(foreach k,$(PART),quick:$k) \
	containers:$(STOCK) programs:$(STOCK) \
	scrape:$(STOCK) packages:6.1
# For a night: the same again, and what was on one kernel only on each.
LONG_SUITES := $(foreach k,$(KERNELS),torture:$k) \
	$(foreach k,$(PART) $(DEBUG),functional:$k) \
	$(foreach k,$(filter-out debug-%,$(KERNELS)),containers:$k programs:$k) \
	$(foreach k,$(DEBUG),netfuzz:$k) cycles:$(STOCK) fuzz unit
LONG_SETTINGS := CORDON_LEAKS=yes CORDON_CYCLES=200 CORDON_REQUESTS=1000000 \
	CORDON_SECONDS=600 CORDON_FUZZ_TIMES=100 CORDON_COMPARISONS=20000000
QUICK_COMPARISONS := 100000
QUICK_SUITES := quick:$(STOCK) unit
SETUP_check := build guest debian unit tool fuzz lint views dkms deb $(if $(DEBUG),debug)

all: module tool

module: ## cordon.ko for the running kernel, or the stock one without its headers
	@tests/vm/setup.sh build
	tests/vm/build-module.sh $(or $(KDIR),$(STOCK))

# Suites that run side by side all want it.
tool: ## cordonctl
	@tests/vm/setup.sh build
	@mkdir -p build
	flock build/tool.lock $(MAKE) -C ctl O=$(CURDIR)/build \
		$(if $(STATIC),STATIC=1)

install: ## the tool, and the module by dkms where there is dkms
	@tests/vm/setup.sh build
	$(MAKE) -C ctl O=$(CURDIR)/build PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) \
		install
	tests/dkms/install.sh "$(DESTDIR)" "$(KDIR)"

deb: ## the Debian packages cordon-dkms and cordonctl, in build/deb
	@tests/vm/setup.sh build deb
	ctl/packaging/deb.sh build/deb
	lintian --allow-root --fail-on error,warning build/deb/*.deb
	@ls build/deb/*.deb

demo: ## the story: a stock kernel, two tenants, what was stopped and the evidence
	@tests/vm/setup.sh build guest
	@tests/demo/run.sh $(STOCK)

check: ## every test; KERNELS= and SUITES= narrow it down
	@tests/vm/setup.sh $(SETUP_check)
	@$(MAKE) -s tool
	@tests/check.sh $(SUITES)

check-long: ## torture, fuzzers and oracles for a night
	@tests/vm/setup.sh $(SETUP_check)
	@$(MAKE) -s tool
	@$(LONG_SETTINGS) tests/check.sh $(LONG_SUITES)

check-quick: ## unit tests, and the most wanted functional ones on one kernel
	@tests/vm/setup.sh build guest unit
	@$(MAKE) -s tool
	@CORDON_COMPARISONS=$(QUICK_COMPARISONS) tests/check.sh $(QUICK_SUITES)

lint: ## style and static checks
	@tests/vm/setup.sh build lint
	@tests/suite.sh lint

bench: ## cost of operations in instructions
	@tests/vm/setup.sh build guest
	@tests/bench/run.sh $(STOCK)

shell: ## a shell in a guest that has the module and the tool
	@tests/vm/setup.sh build guest
	@$(MAKE) -s tool
	tests/vm/build-module.sh $(STOCK)
	tests/vm/run.sh $(STOCK)

format: ## clang-format over all C files that are not generated
	@tests/vm/setup.sh lint
	tests/lint/format.sh

clean: ## forget build/; what is cached outside the tree stays
	rm -rf build

help:
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' \
		$(firstword $(MAKEFILE_LIST))

version:
	@echo $(VERSION)

.PHONY: all module tool install deb demo check check-long check-quick lint bench shell \
	format clean help version
