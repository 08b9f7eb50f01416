# dbpipes: six small filters for MariaDB and MySQL. `make help` lists targets.
#
# The checkout is a prefix: bin/NAME.c builds bin/NAME beside it, objects live
# under $(BUILD), PATH=$PWD/bin:$PATH runs everything uninstalled. Any other
# build (SANITIZE=…, BUILD=…) keeps its programs in $(BUILD)/bin.

VERSION  := $(shell sed -n 's/.*DBPIPES_VERSION "\(.*\)"/\1/p' lib/base/prog.h)
PROGRAMS := $(patsubst bin/%.c,%,$(sort $(wildcard bin/*.c)))
SCRIPTS  := $(notdir $(sort $(wildcard bin/dbpipes-*)))

# What each program links, and nothing else.
dbdump_PKGS := libmariadb libcrypto libxxhash libzstd
dbpack_PKGS := libarchive libcrypto libcurl libdeflate jansson libzstd zlib
dbpos_PKGS  := libmariadb libzstd zlib libcrypto jansson
dbseed_PKGS := libmariadb libxxhash libzstd zlib libcrypto jansson
dbsnap_PKGS := libmariadb libzstd libcrypto
dbverify_PKGS := libmariadb libarchive libcurl libxxhash libzstd zlib libcrypto jansson
ALL_PKGS    := $(sort $(foreach p,$(PROGRAMS),$($(p)_PKGS)))

comma      := ,
CC         ?= cc
AR         ?= ar
PKG_CONFIG ?= pkg-config
INSTALL    ?= install
BUILD      ?= build$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))
OUT        := $(if $(filter build,$(BUILD)),bin,$(BUILD)/bin)
PREFIX     ?= /usr/local
DESTDIR    ?=

CFLAGS   ?= -O2 -g
CPPFLAGS ?= -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
LDFLAGS  ?= -Wl,-z,relro,-z,now -Wl,--as-needed
HARDEN   ?= -fstack-protector-strong -fstack-clash-protection -fPIE
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wvla \
	-Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wundef
ifdef WERROR
WARNINGS += -Werror
endif
# What is exported takes the place of what a library calls by the same name,
# and jansson has some of ours.
HIDDEN := -fvisibility=hidden
# SANITIZE=address,undefined or SANITIZE=thread
ifdef SANITIZE
HARDEN   := -fPIE
SANFLAGS := -fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
	-fno-sanitize-recover=all
CPPFLAGS := -U_FORTIFY_SOURCE
endif

# Asked for once, and only where something is compiled.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell $$(PKG_CONFIG) --cflags $$(ALL_PKGS)))$(PKG_CFLAGS)
pkg_libs   = $(shell $(PKG_CONFIG) --libs $(1))

COMPILE = $(CC) $(CPPFLAGS) $(CFLAGS) -std=c11 -D_GNU_SOURCE -Ilib \
	$(WARNINGS) $(HIDDEN) $(HARDEN) $(SANFLAGS) $(PKG_CFLAGS) -pthread -MMD -MP
LINK    = $(CC) $(CFLAGS) $(HARDEN) $(SANFLAGS) -pie $(LDFLAGS) -pthread

LIB_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard lib/*/*.c)))
UNITS   := $(patsubst tests/%.c,$(BUILD)/%,$(sort $(wildcard tests/unit/*.c)))
TOOLS   := $(patsubst tests/%.c,$(BUILD)/%,$(sort $(wildcard tests/tool/*.c)))
MANUALS := $(sort $(wildcard share/man/*.[157]))

all: $(PROGRAMS:%=$(OUT)/%) ## build the programs into bin/ (the default)

# Other flags than last time: everything is built again.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@$(PKG_CONFIG) --exists --print-errors $(ALL_PKGS) || \
		{ echo "tests/deps demo installs what is missing" >&2; exit 1; }
	@echo '$(COMPILE) $(LINK)' | cmp -s - $@ || \
		echo '$(COMPILE) $(LINK)' >$@

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

$(BUILD)/libdbpipes.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

define program
$$(OUT)/$(1): $$(BUILD)/bin/$(1).o $$(BUILD)/libdbpipes.a
	$$(LINK) -o $$@ $$^ $$(call pkg_libs,$$($(1)_PKGS))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

$(UNITS) $(TOOLS): $(BUILD)/%: $(BUILD)/tests/%.o $(BUILD)/libdbpipes.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(call pkg_libs,$(ALL_PKGS))

units: $(UNITS) $(TOOLS) ## build the unit programs, and the tools of tests

check: ## install what is missing and run every test (TESTS="FILE…": these)
	tests/deps check
	tests/run $(TESTS)

lint: ## gcc, clang, clang-format, cppcheck, shellcheck, shfmt, mandoc, layers
	tests/deps check
	tests/run --pass=plain tests/lint.bats tests/layers.bats
check-vm: ## LVM and NFS in a virtual machine (RUNS=1 of each kind)
	tests/deps vm
	$(MAKE) -s all
	tests/vm/run $(RUNS)
check-versions: ## MySQL 5.7 to 9.7, MariaDB 10.5 and 11.8 (ROOTS=FOLDER, 4 GB)
	tests/deps versions
	$(MAKE) -s all
	tests/run --pass=plain tests/versions/*.bats
demo: ## the whole thing on a private server with writers
	tests/deps demo
	$(MAKE) -s all
	tests/demo
soak: ## the long proofs: valgrind, TSan, huge things, slow readers, runs under writes
	tests/deps soak
	$(MAKE) -s all
	PAUSE=90 tests/run --pass=plain tests/server-settings.bats
	STREAMS=10000 tests/run --pass=plain tests/lexer.bats
	tests/run --pass=plain tests/soak/huge.bats
	tests/run --pass=valgrind
	tests/run --pass=thread
	tests/soak/seed-under-writes
	tests/soak/seed-resume
	tests/soak/dump-under-writes
	tests/soak/snap-under-writes
	tests/soak/snap-killed
	tests/soak/paused-reader
	tests/soak/push-interrupted
	tests/soak/image-start
	tests/soak/report-shots
	tests/soak/damage
bench: ## compare with the stock tools on the same data
	tests/deps bench
	$(MAKE) -s all
	tests/bench/run
	tests/bench/snap
	tests/bench/image
fuzz: ## fuzz what reads untrusted bytes (SECONDS=60 for each)
	tests/deps fuzz
	tests/fuzz/run

dist: ## a source tarball of what is committed
	@mkdir -p $(BUILD)
	git archive --prefix=dbpipes-$(VERSION)/ HEAD | \
		gzip -9n >$(BUILD)/dbpipes-$(VERSION).tar.gz
clean: ## remove what was built
	rm -rf $(BUILD) $(PROGRAMS:%=bin/%)
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

# DIR,FILES: install these there, never as programs.
DATA = $(foreach f,$(2),$(INSTALL) -Dm 644 $(f) $(1)/$(notdir $(f)) &&) :
share := $(DESTDIR)$(PREFIX)/share
doc   := $(share)/doc/dbpipes
completions := $(share)/bash-completion/completions

install: all ## into $(DESTDIR)$(PREFIX)
	$(INSTALL) -d $(DESTDIR)$(PREFIX)/bin
	$(INSTALL) -m 755 $(PROGRAMS:%=bin/%) $(SCRIPTS:%=bin/%) $(DESTDIR)$(PREFIX)/bin
	$(call DATA,$(share)/dbpipes,$(wildcard lib/*.sh lib/*.jq share/dbpipes/*))
	$(foreach n,1 5 7,$(call DATA,$(share)/man/man$(n),$(filter %.$(n),$(MANUALS))) &&) :
	$(call DATA,$(doc),README.md COPYING)
	$(call DATA,$(doc)/examples,share/dbpipes.cnf $(wildcard share/examples/* cron/*))
	$(foreach t,$(PROGRAMS) $(SCRIPTS),$(INSTALL) -Dm 644 \
		share/completions/dbpipes $(completions)/$(t) &&) :
uninstall: ## what install put there
	rm -f $(patsubst %,$(DESTDIR)$(PREFIX)/bin/%,$(PROGRAMS) $(SCRIPTS)) \
		$(patsubst %,$(completions)/%,$(PROGRAMS) $(SCRIPTS)) \
		$(foreach m,$(MANUALS),$(share)/man/man$(subst .,,$(suffix $(m)))/$(notdir $(m)))
	rm -rf $(share)/dbpipes $(doc)

.PHONY: all units check check-vm check-versions lint demo soak bench fuzz dist clean help install \
	uninstall FORCE
.SECONDARY:
.DELETE_ON_ERROR:
-include $(LIB_OBJ:.o=.d) $(PROGRAMS:%=$(BUILD)/bin/%.d) \
	$(patsubst $(BUILD)/%,$(BUILD)/tests/%.d,$(UNITS) $(TOOLS))
