# The whole build of mam-etl. Stages, modules, man pages and tests are found by
# wildcard; a new one is registered nowhere. "make help" lists the targets.

# What a program, a tool or a unit test of ours links beyond what all share, as pkg-config names; the first of
# the names separated by "|" that is installed is taken.
COMMON_NEEDS      = msgpack-c|msgpack libxxhash
NEEDS_fetch-api   = libcurl libcrypto
NEEDS_filter      = libpcre2-8
NEEDS_fetch-s3    = libcurl libcrypto
NEEDS_put-s3      = libcurl libcrypto
NEEDS_from-csv    = zlib
NEEDS_from-json   = zlib
NEEDS_from-msgpack = zlib
NEEDS_from-singer = zlib
NEEDS_fetch-pg    = libpq
NEEDS_fetch-mysql = mysqlclient|libmariadb|mariadb
NEEDS_load-pg     = libpq
NEEDS_load-mysql  = mysqlclient|libmariadb|mariadb
NEEDS_load-sqlite = sqlite3
NEEDS_secret      = libcurl libcrypto
NEEDS_sigv4       = libcrypto
NEEDS_oauth1      = libcrypto
NEEDS_jws         = libcrypto
NEEDS_run-batch   = sqlite3 libpq mysqlclient|libmariadb|mariadb
NEEDS_list-batches = $(NEEDS_run-batch)
NEEDS_compare-builds = $(NEEDS_run-batch)
NEEDS_list-datapipelines = libcurl libcrypto
NEEDS_move-batches = $(NEEDS_run-batch) libcurl libcrypto
NEEDS_report-batches = $(NEEDS_run-batch)
NEEDS_watch-batches = $(NEEDS_run-batch) libcurl libcrypto
NEEDS_check-target = $(NEEDS_run-batch) libcurl libcrypto
# check-host explains why other programs do not start, so it is static where the C library can be.
STATIC_check-host = yes
NEEDS_ask_pg      = libpq
NEEDS_ask_mysql   = mysqlclient|libmariadb|mariadb
NEEDS_ask_sqlite  = sqlite3

VERSION = 0.1.0
PREFIX  = /opt/mam-etl
DESTDIR =
TARBALL = mam-etl.tar.gz
# Of the files in pipelines/media, which are also released on their own.
MEDIA_VERSION = 2026-11-27
MEDIA_TARBALL = mam-media-$(MEDIA_VERSION).tar.gz
B       = build
CC      = gcc
AR      = ar
STRIP   = strip
PKG_CONFIG = pkg-config

# Warnings are the set of CONTRIBUTING.md; -Werror is added by `make lint` and CI only.
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
       -Wwrite-strings -Wvla -Wformat=2
HARDEN_CPP = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
HARDEN     = -fstack-protector-strong -fstack-clash-protection
HARDEN_LD  = -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
# -O3: gcc's -O2 leaves the copy loops of the JSON reader as they are, at half its speed.
CFLAGS   = -O3 -g
CPPFLAGS =
LDFLAGS  =
all_cpp  = -I. -D_POSIX_C_SOURCE=200809L -DMAM_VERSION='"$(VERSION)"' $(HARDEN_CPP) $(CPPFLAGS)
all_c    = -std=c11 -fPIE $(WARN) $(HARDEN) $(CFLAGS) -MMD -MP

# Every file built is one short line; V=1 shows the whole commands, make -s nothing.
silent = $(findstring s,$(firstword -$(MAKEFLAGS)))
Q = $(if $(V),,@$(if $(silent),,echo "  $(1)" '$(patsubst $(CURDIR)/%,%,$@)';))

# $(call pick,a|b c): of each a|b the first that pkg-config knows (else the first, so that its error names it).
pick = $(foreach alt,$(1),$(firstword $(foreach n,$(subst |, ,$(alt)),$(if $(shell $(PKG_CONFIG) --exists $(n) 2>/dev/null && echo y),$(n))) $(firstword $(subst |, ,$(alt)))))

# A program is FOLDER/NAME.c or all of FOLDER/NAME/*.c: a stage, or one of the operator's programs.
folders       = stages batch
program_paths := $(sort $(patsubst %.c,%,$(wildcard $(folders:%=%/*.c))) $(patsubst %/,%,$(wildcard $(folders:%=%/*/))))
program_names := $(notdir $(program_paths))
programs      := $(program_names:%=$(B)/bin/%)

# common/ has rooms, and the room decides what its code may do. The pure rooms never exit, print or
# touch a descriptor; the others may. Each room includes only itself and rooms named before it.
pure_rooms    = text time record json csv web sql batch datapipeline
process_rooms = program aws stream db operate load extract
pure    := $(wildcard $(pure_rooms:%=common/%/*.c))
process := $(wildcard $(process_rooms:%=common/%/*.c) common/db/*/*.c)
modules := $(pure) $(process)

pure_lib    = $(B)/libpure.a
process_lib = $(B)/libprocess.a
common_pkgs   := $(call pick,$(COMMON_NEEDS))
common_cflags := $(shell $(PKG_CONFIG) --cflags $(common_pkgs) 2>/dev/null)
common_libs   := $(shell $(PKG_CONFIG) --libs $(common_pkgs) 2>/dev/null) -lm
all_pkgs      := $(call pick,$(COMMON_NEEDS) $(foreach s,$(program_names),$(NEEDS_$(s))))
all_cflags    := $(sort $(shell $(PKG_CONFIG) --cflags $(all_pkgs) 2>/dev/null))

units := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*.c))
tools := $(patsubst tests/tools/%.c,$(B)/tools/%,$(wildcard tests/tools/*.c))
bench_tools := $(patsubst bench/%.c,$(B)/bench/%,$(wildcard bench/*.c))
fuzz  := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/*.c))

# Keep the objects and programs that were built on the way to a test.
.SECONDARY:
.PHONY: all units tools bench-tools fuzz-replay help
all: $(programs)
units: $(units)
tools: $(tools)
bench-tools: $(bench_tools)
fuzz-replay: $(fuzz)

# Two files that change only when what they record does, so that make rebuilds what depends on it.
# settings: everything beside the sources that decides what an object holds. sources: the names of
# the source files, so that archives and programs lose what a deleted file had put into them.
settings = $(CC) | $(AR) | $(all_cpp) | $(all_cflags) | $(all_c) | $(LDFLAGS) $(HARDEN_LD) | $(common_libs)
sources  = $(modules) $(wildcard $(folders:%=%/*.c) $(folders:%=%/*/*.c))
# $(call record,NAME,TEXT): write TEXT to $(B)/NAME when it differs from what is there.
record = $(shell mkdir -p $(B) && printf '%s\n' '$(subst ','\'',$(2))' | cmp -s - $(B)/$(1) || \
	printf '%s\n' '$(subst ','\'',$(2))' >$(B)/$(1))
# Programs whose source was deleted must not stay: the tests run, and PATH finds, all that is there.
stale = $(filter-out $(programs) $(units) $(tools) $(fuzz),$(wildcard $(B)/bin/* $(B)/unit/* $(B)/tools/* $(B)/fuzz/*))
# Only for goals that compile: the others install libraries first, or need none.
compiling = all units tools bench-tools fuzz-replay fuzz-run demo-run check-run check-ops-run install dist deb rpm $(B)/%
ifneq ($(filter $(compiling),$(or $(MAKECMDGOALS),all)),)
missing := $(foreach p,$(all_pkgs),$(if $(shell $(PKG_CONFIG) --exists $(p) 2>/dev/null && echo y),,$(p)))
ifneq ($(strip $(missing)),)
$(error these libraries are missing: $(strip $(missing)). Run "make deps" to install them)
endif
$(call record,settings,$(settings))
$(call record,sources,$(sources))
$(if $(stale),$(shell rm -f $(stale)))
endif

$(B)/obj/%.o: %.c $(B)/settings
	@mkdir -p $(@D)
	$(call Q,CC) $(CC) $(all_cpp) $(all_cflags) $(all_c) -c -o $@ $<

objects = $(filter %.o,$^)
$(pure_lib): $(pure:%.c=$(B)/obj/%.o) $(B)/sources
	@rm -f $@
	$(call Q,AR) $(AR) qcs $@ $(objects)
$(process_lib): $(process:%.c=$(B)/obj/%.o) $(B)/sources
	@rm -f $@
	$(call Q,AR) $(AR) qcs $@ $(objects)

# Sanitizers, and systems without libc.a, link dynamically.
static_pie := $(if $(findstring sanitize,$(CFLAGS) $(LDFLAGS)),,$(if $(filter /%,$(shell $(CC) -print-file-name=libc.a)),-static-pie))
define program_rule
$(B)/bin/$(notdir $(1)): $$(patsubst %.c,$(B)/obj/%.o,$$(wildcard $(1).c $(1)/*.c)) $(process_lib) $(pure_lib) $(B)/sources
	@mkdir -p $$(@D)
	$$(call Q,LD) $$(CC) $$(CFLAGS) $$(HARDEN) $$(if $$(and $$(STATIC_$(notdir $(1))),$$(static_pie)),$$(filter-out -pie,$$(HARDEN_LD)) $$(static_pie),$$(HARDEN_LD)) $$(LDFLAGS) \
		-o $$@ $$(filter %.o %.a,$$^) \
		$$(if $$(NEEDS_$(notdir $(1))),$$(shell $$(PKG_CONFIG) --libs $$(call pick,$$(NEEDS_$(notdir $(1)))))) $$(common_libs)
endef
$(foreach p,$(program_paths),$(eval $(call program_rule,$(p))))

# Unit tests and fuzz replays link the pure ring alone: that it needs nothing of the process is proved here.
$(B)/unit/%: $(B)/obj/tests/unit/%.o $(pure_lib)
	@mkdir -p $(@D)
	$(call Q,LD) $(CC) $(CFLAGS) $(HARDEN) $(HARDEN_LD) $(LDFLAGS) -o $@ $^ \
		$(if $(NEEDS_$*),$(shell $(PKG_CONFIG) --libs $(call pick,$(NEEDS_$*)))) $(common_libs)
$(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(B)/obj/tests/fuzz/replay/main.o $(pure_lib)
	@mkdir -p $(@D)
	$(call Q,LD) $(CC) $(CFLAGS) $(HARDEN) $(HARDEN_LD) $(LDFLAGS) -o $@ $^ $(common_libs)

# Small programs that only the tests use.
$(B)/tools/%: $(B)/obj/tests/tools/%.o $(process_lib) $(pure_lib)
	@mkdir -p $(@D)
	$(call Q,LD) $(CC) $(CFLAGS) $(HARDEN) $(HARDEN_LD) $(LDFLAGS) -o $@ $^ \
		$(if $(NEEDS_$*),$(shell $(PKG_CONFIG) --libs $(call pick,$(NEEDS_$*)))) $(common_libs)

# What the benchmark makes its data with and measures against.
bench_pkgs = $(call pick,libpq)
$(B)/obj/bench/%.o: all_cflags += $(shell $(PKG_CONFIG) --cflags $(bench_pkgs) 2>/dev/null)
$(B)/bench/%: $(B)/obj/bench/%.o $(pure_lib)
	@mkdir -p $(@D)
	$(call Q,LD) $(CC) $(CFLAGS) $(HARDEN) $(HARDEN_LD) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs $(bench_pkgs)) $(common_libs)

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# ---- for people ----

.PHONY: deps deps-test deps-ops deps-bench demo demo-run check check-run check-ops check-ops-run check-asan lint fuzz bench
.PHONY: install uninstall dist dist-media clean

help:
	@echo 'make demo         everything from nothing: deps, build, batches of two media into SQLite, their rows'
	@echo 'make check        everything from nothing: deps, build, servers, all tests, lints'
	@echo 'make              build the programs into $(B)/bin (V=1: shows the commands)'
	@echo 'make deps         install what building needs (deps-test, deps-ops, deps-bench: what those need)'
	@echo 'make check-asan   the whole suite under ASan and UBSan'
	@echo 'make check-ops    the adapters of deploy/ under Prefect, Slurm and the models of AWS (minutes)'
	@echo 'make lint         warnings as errors with gcc and clang, clang-tidy, formats, shellcheck'
	@echo 'make fuzz         libFuzzer on every target, FUZZ_SECONDS each (60)'
	@echo 'make bench        bench/run: beside jq, Miller, psql and others; writes bench/RESULTS.md'
	@echo 'make install      PREFIX=$(PREFIX) DESTDIR= ; uninstall ; dist makes mam-etl.tar.gz'
	@echo 'make deb, rpm     a package with what install puts under PREFIX'
	@echo 'make dist-media   the media files alone, $(MEDIA_TARBALL): a new API version without a new build'

deps:
	@deploy/install-deps build
deps-test: deps
	@deploy/install-deps test
	@if [ -x tests/servers/prism ]; then tests/servers/prism install; fi
	@tests/json-suite install
	@tests/browser install
	@tests/python-parts install
	@tests/singer-parts install
	@tests/servers/moto install
	@tests/servers/ec2-metadata install
deps-ops: deps-test
	@deploy/install-deps ops
	@tests/servers/prefect install
	@tests/servers/gitleaks install
	@tests/servers/versitygw install
	@tests/servers/actionlint install
deps-bench: deps-test
	@deploy/install-deps bench
	@bench/peers install

# make asks pkg-config when it starts, so libraries that were just installed need a second make. It
# uses all processors unless -j was given.
again = @$(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))
demo: deps
	@deploy/install-deps demo
	$(again) demo-run
demo-run: all
	@tests/demo $(B)

check: deps-test
	$(again) check-run
check-run: all units tools bench-tools fuzz-replay
	@MAM_BUILD=$(abspath $(B)) tests/run

check-ops: deps-ops
	$(again) check-ops-run
check-ops-run: all tools
	@MAM_BUILD=$(abspath $(B)) MAM_OPS=1 tests/run tests/engines.bats tests/gitleaks.bats tests/workflow.bats tests/images.bats \
		tests/deploy-root.bats $(wildcard tests/*-s3.bats)

SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=undefined
check-asan:
	$(again) B=build/asan CFLAGS='-O1 -g -fno-omit-frame-pointer $(SANITIZE)' \
		HARDEN_CPP= HARDEN= LDFLAGS='$(SANITIZE)' MAM_SANITIZED=1 check-run

fuzz_seconds = $(or $(FUZZ_SECONDS),60)
fuzz_names = $(notdir $(fuzz))
fuzz:
	@$(MAKE) --no-print-directory B=build/fuzzer CC=clang CFLAGS='-O1 -g $(SANITIZE) -fsanitize=fuzzer-no-link' \
		HARDEN_CPP= HARDEN= HARDEN_LD= LDFLAGS='$(SANITIZE) -fsanitize=fuzzer' fuzz-run
.PHONY: fuzz-run
fuzz-run: $(fuzz_names:%=$(B)/libfuzzer/%)
	@for f in $(fuzz_names); do echo "fuzz: $$f"; mkdir -p $(B)/corpus/$$f; \
		$(B)/libfuzzer/$$f -max_total_time=$(fuzz_seconds) -print_final_stats=1 -artifact_prefix=$(B)/ \
		$(B)/corpus/$$f tests/fuzz/corpus/$$f || exit 1; done
$(B)/libfuzzer/%: $(B)/obj/tests/fuzz/%.o $(pure_lib)
	@mkdir -p $(@D)
	$(call Q,LD) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(common_libs)

lint:
	@tests/lint
# How clang-tidy and editors compile a file.
compile_flags.txt: Makefile
	@printf '%s\n' $(filter-out $(HARDEN_CPP),$(all_cpp)) $(all_cflags) -std=c11 $(WARN) | sed "s/=0\.1\.0/=\"$(VERSION)\"/" >$@

bench: deps-bench
	@$(MAKE) --no-print-directory all bench-tools
	@MAM_BUILD=$(abspath $(B)) bench/run

# bin/ and share/man only: the programs find nothing else, so the tree runs from wherever it lies.
pages := $(wildcard man/*.[1-9])
# The programs print their own completions, from the tables of options.
completions = bash-completion/completions zsh/site-functions
# How engines start run-batch, mam-launchers(7).
adapters := $(addprefix deploy/,shard install-deps container-entry launcher follow-branch publish-artifact) \
	$(wildcard deploy/aws/*.json deploy/systemd/*.* deploy/prefect/*.* deploy/slurm/* deploy/aws-batch/*)
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/pipelines/media
	install -m 755 $(programs) $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(filter-out %.api,$(wildcard pipelines/*-*)) $(DESTDIR)$(PREFIX)/pipelines
	install -m 644 $(wildcard pipelines/media/*) $(DESTDIR)$(PREFIX)/pipelines/media
	for file in $(adapters); do mode=644; [ ! -x $$file ] || mode=755; \
		install -D -m $$mode $$file $(DESTDIR)$(PREFIX)/$$file || exit 1; done
	install -d $(completions:%=$(DESTDIR)$(PREFIX)/share/%)
	for program in $(programs); do name=$${program##*/}; \
		$$program --help=bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$name && \
		$$program --help=zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_$$name || exit 1; done
	for page in $(pages); do section=$${page##*.}; \
		install -d $(DESTDIR)$(PREFIX)/share/man/man$$section && \
		install -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$$section || exit 1; done
uninstall:
	rm -f $(programs:$(B)/bin/%=$(DESTDIR)$(PREFIX)/bin/%)
	rm -f $(foreach p,$(pages),$(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $(p)))/$(notdir $(p)))
	rm -f $(patsubst pipelines/%,$(DESTDIR)$(PREFIX)/pipelines/%,$(wildcard pipelines/*-* pipelines/media/*))
	rm -f $(adapters:%=$(DESTDIR)$(PREFIX)/%)
	rm -f $(program_names:%=$(DESTDIR)$(PREFIX)/share/bash-completion/completions/%)
	rm -f $(program_names:%=$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_%)
	@cd $(DESTDIR)$(PREFIX) 2>/dev/null && rmdir deploy/* deploy pipelines/media pipelines bin share/man/man? share/man $(foreach c,$(completions),share/$(c) share/$(dir $(c))) share 2>/dev/null; \
		rmdir $(DESTDIR)$(PREFIX) 2>/dev/null; true

# The tarball holds what install puts under PREFIX, stripped, with a README of its own: that of the
# repository is about sources that the tarball does not have. One commit gives the same bytes again, whoever
# builds it, and when: names are sorted, owners and times are fixed, and so are the modes.
DIST = $(B)/dist
tar_flags = --format=gnu --sort=name --owner=0 --group=0 --numeric-owner --mtime=@$(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null),0) --mode=u+rwX,go+rX,go-w
dist: all
	rm -rf $(DIST)
	$(MAKE) --no-print-directory install PREFIX=/mam-etl DESTDIR=$(DIST)
	$(STRIP) $(programs:$(B)/bin/%=$(DIST)/mam-etl/bin/%)
	cp deploy/tarball.md $(DIST)/mam-etl/README.md
	cp CHANGES.md LICENSE $(DIST)/mam-etl/
	tar -C $(DIST) $(tar_flags) -I 'gzip -9n' -cf $(TARBALL) mam-etl

# The media files alone, the same bytes from the same files, whatever the clock, umask and user.
dist-media:
	rm -rf $(B)/dist-media
	install -d $(B)/dist-media/mam-media-$(MEDIA_VERSION)
	cp $(wildcard pipelines/media/*) $(B)/dist-media/mam-media-$(MEDIA_VERSION)
	echo '$(MEDIA_VERSION)' >$(B)/dist-media/mam-media-$(MEDIA_VERSION)/VERSION
	tar -C $(B)/dist-media --sort=name --mtime=@$(or $(SOURCE_DATE_EPOCH),0) --owner=0 --group=0 --numeric-owner \
		--mode=u=rwX,go=rX --format=ustar -cf $(B)/dist-media/media.tar mam-media-$(MEDIA_VERSION)
	gzip -9nc $(B)/dist-media/media.tar >$(MEDIA_TARBALL)

# Packages of what install puts under PREFIX, with the dependencies that the programs have.
PACKAGES = .
.PHONY: deb rpm
deb rpm: all
	rm -rf $(B)/package
	$(MAKE) --no-print-directory install PREFIX=$(PREFIX) DESTDIR=$(B)/package
	$(STRIP) $(programs:$(B)/bin/%=$(B)/package$(PREFIX)/bin/%)
	deploy/make-package $@ $(B)/package $(VERSION) $(PREFIX) $(PACKAGES)

clean:
	rm -rf build $(TARBALL) $(MEDIA_TARBALL)
