# The whole build of mam-etl. Stages, modules, man pages and tests are found by
# wildcard; a new one is registered nowhere. "make help" lists the targets.

# What a stage links beyond what all share, as pkg-config names; the first of
# the names separated by "|" that is installed is taken.
COMMON_NEEDS      = msgpack-c|msgpack libxxhash
NEEDS_fetch-api   = libcurl
NEEDS_from-csv    = libarchive
NEEDS_load-pg     = libpq
NEEDS_load-mysql  = mysqlclient|libmariadb|mariadb
NEEDS_load-sqlite = sqlite3

VERSION = 0.1.0
PREFIX  = /opt/mam-etl
DESTDIR =
B       = build
CC      = gcc
AR      = ar
PKG_CONFIG = pkg-config

# Warnings are the set of CONTRIBUTING.md; -Werror is added by `make lint` and CI only.
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
       -Wwrite-strings -Wvla -Wformat=2
HARDEN_CPP = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
HARDEN     = -fstack-protector-strong -fstack-clash-protection
HARDEN_LD  = -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
CFLAGS   = -O2 -g
CPPFLAGS =
LDFLAGS  =
all_cpp  = -I. -D_POSIX_C_SOURCE=200809L -DMAM_VERSION='"$(VERSION)"' $(HARDEN_CPP) $(CPPFLAGS)
all_c    = -std=c11 -fPIE $(WARN) $(HARDEN) $(CFLAGS) -MMD -MP

# $(call pick,a|b c): of each a|b the first that pkg-config knows (else the first, so that its error names it).
pick = $(foreach alt,$(1),$(firstword $(foreach n,$(subst |, ,$(alt)),$(if $(shell $(PKG_CONFIG) --exists $(n) && echo y),$(n))) $(firstword $(subst |, ,$(alt)))))

stages_flat   := $(patsubst stages/%.c,%,$(wildcard stages/*.c))
stages_folder := $(patsubst stages/%/,%,$(wildcard stages/*/))
stages        := $(sort $(stages_flat) $(stages_folder))
programs      := $(stages:%=$(B)/bin/%)

# Two rings: a process module includes common/message.h, a pure one never does.
modules := $(wildcard common/*.c)
process := $(shell grep -l '"common/message.h"' common/*.c)
pure    := $(filter-out $(process),$(modules))

pure_lib    = $(B)/libpure.a
process_lib = $(B)/libprocess.a
common_pkgs   := $(call pick,$(COMMON_NEEDS))
common_cflags := $(shell $(PKG_CONFIG) --cflags $(common_pkgs) 2>/dev/null)
common_libs   := $(shell $(PKG_CONFIG) --libs $(common_pkgs) 2>/dev/null)
all_pkgs      := $(call pick,$(COMMON_NEEDS) $(foreach s,$(stages),$(NEEDS_$(s))))
all_cflags    := $(sort $(shell $(PKG_CONFIG) --cflags $(all_pkgs) 2>/dev/null))

units := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*.c))
tools := $(patsubst tests/tools/%.c,$(B)/tools/%,$(wildcard tests/tools/*.c))
fuzz  := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/*.c))

.PHONY: all units tools fuzz-replay
all: $(programs)
units: $(units)
tools: $(tools)
fuzz-replay: $(fuzz)

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(all_cpp) $(all_cflags) $(all_c) -c -o $@ $<

$(pure_lib): $(pure:%.c=$(B)/obj/%.o)
	@rm -f $@
	$(AR) rcs $@ $^
$(process_lib): $(process:%.c=$(B)/obj/%.o)
	@rm -f $@
	$(AR) rcs $@ $^

# A stage is stages/NAME.c or all of stages/NAME/*.c.
define stage_rule
$(B)/bin/$(1): $$(patsubst %.c,$(B)/obj/%.o,$$(wildcard stages/$(1).c stages/$(1)/*.c)) $(process_lib) $(pure_lib)
	@mkdir -p $$(@D)
	$$(CC) $$(CFLAGS) $$(HARDEN) $$(HARDEN_LD) $$(LDFLAGS) -o $$@ $$^ \
		$$(if $$(NEEDS_$(1)),$$(shell $$(PKG_CONFIG) --libs $$(call pick,$$(NEEDS_$(1))))) $$(common_libs)
endef
$(foreach s,$(stages),$(eval $(call stage_rule,$(s))))

# Unit tests and fuzz replays link the pure ring alone: that it needs nothing of the process is proved here.
$(B)/unit/%: $(B)/obj/tests/unit/%.o $(pure_lib)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(HARDEN) $(HARDEN_LD) $(LDFLAGS) -o $@ $^ $(common_libs) -lm
$(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(B)/obj/tests/fuzz/replay/main.o $(pure_lib)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(HARDEN) $(HARDEN_LD) $(LDFLAGS) -o $@ $^ $(common_libs) -lm

# Small programs that only the tests use.
$(B)/tools/%: $(B)/obj/tests/tools/%.o $(process_lib) $(pure_lib)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(HARDEN) $(HARDEN_LD) $(LDFLAGS) -o $@ $^ $(common_libs)

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
