# dbpipes: six small filters for MariaDB and MySQL. `make help` lists targets.
#
# The checkout is a prefix: bin/NAME.c builds bin/NAME beside it; objects live
# under $(BUILD). PATH=$PWD/bin:$PATH runs everything uninstalled.

VERSION  := $(shell sed -n 's/.*DBPIPES_VERSION "\(.*\)"/\1/p' lib/base/prog.h)
PROGRAMS := dbdump dbpos dbseed
SCRIPTS  := $(notdir $(wildcard bin/dbpipes-*))

# What each program links, and nothing else.
dbdump_PKGS := libmariadb libcrypto libxxhash
dbpos_PKGS  := libzstd zlib
dbseed_PKGS := libmariadb libzstd zlib
ALL_PKGS    := $(sort $(foreach p,$(PROGRAMS),$($(p)_PKGS)))

CC         ?= cc
AR         ?= ar
PKG_CONFIG ?= pkg-config
BUILD      ?= build
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
# SANITIZE=address,undefined or SANITIZE=thread
ifdef SANITIZE
HARDEN   := -fPIE
SANFLAGS := -fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
	-fno-sanitize-recover=all
CPPFLAGS := -U_FORTIFY_SOURCE
endif

pkg_cflags = $(shell $(PKG_CONFIG) --cflags $(1))
pkg_libs   = $(shell $(PKG_CONFIG) --libs $(1))

BASE_FLAGS = -std=c11 -D_GNU_SOURCE -Ilib $(WARNINGS) $(HARDEN) $(SANFLAGS) \
	$(call pkg_cflags,$(ALL_PKGS)) -pthread -MMD -MP
COMPILE    = $(CC) $(CPPFLAGS) $(CFLAGS) $(BASE_FLAGS)
LINK       = $(CC) $(CFLAGS) $(HARDEN) $(SANFLAGS) -pie $(LDFLAGS) -pthread

LIB_SRC  := $(sort $(wildcard lib/*/*.c))
LIB_OBJ  := $(LIB_SRC:%.c=$(BUILD)/%.o)
UNIT_SRC := $(sort $(wildcard tests/unit/*.c))
UNITS    := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%)

all: $(PROGRAMS:%=bin/%)

$(BUILD)/libdbpipes.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

define program
bin/$(1): $$(BUILD)/bin/$(1).o $$(BUILD)/libdbpipes.a
	$$(LINK) -o $$@ $$^ $$(call pkg_libs,$$($(1)_PKGS))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/libdbpipes.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(call pkg_libs,$(ALL_PKGS))

units: $(UNITS)

clean:
	rm -rf $(BUILD) $(PROGRAMS:%=bin/%)

.PHONY: all units clean
.SECONDARY:
-include $(LIB_OBJ:.o=.d) $(PROGRAMS:%=$(BUILD)/bin/%.d) \
	$(UNIT_SRC:%.c=$(BUILD)/%.d)
