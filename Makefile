# opsc. `make help` lists the targets. Sources are found by wildcard: adding a file needs no edit here.
# No target touches the network or installs anything but demo, setup and check.

PREFIX ?= /usr/local
BISON ?= $(firstword $(wildcard /opt/homebrew/opt/bison/bin/bison /usr/local/opt/bison/bin/bison) bison)
RE2C ?= re2c
CLANG ?= clang
# gcc has no sanitizers on musl.
ASAN_CC ?= $(if $(wildcard /etc/alpine-release),$(CLANG),$(CC))
CLANG_FORMAT ?= clang-format
CLANG_TIDY ?= clang-tidy
HOSTCC ?= $(CC)
# For the machine that builds, when it is not the one that runs opsc.
HOST_CPPFLAGS ?= $(CPPFLAGS)
HOST_LDFLAGS ?= $(LDFLAGS)
PKG_CONFIG ?= pkg-config
FUZZ_SECONDS ?= 600
JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
VERSION := $(shell cat VERSION)

# Warnings stand apart, so that CFLAGS, CPPFLAGS, LDFLAGS and LDLIBS belong to the user.
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
        -Wvla -Wformat=2 -Wswitch-enum
# What bison and re2c write is theirs to shape.
WARN_GEN := $(filter-out -Wconversion -Wswitch-enum,$(WARN))
ifeq ($(WERROR),1)
WARN += -Werror
WARN_GEN += -Werror
endif

pkg_cflags = $(patsubst -I%,-isystem%,$(shell $(PKG_CONFIG) --cflags $(1) 2>/dev/null))
pkg_libs = $(or $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null),$(2))
# libcurl is loaded when it is needed (compiler/net/http.h); -ldl and -pthread are for C libraries that have these apart.
# LIVE=0 builds without it, for a machine that lacks its headers: what talks to AWS says so then.
LIVE ?= 1
NOT_BUILT := $(if $(filter 0,$(LIVE)),$(addprefix compiler/net/,curl_library.c http.c http_many.c),compiler/net/without_curl.c)
DEP_CFLAGS := $(call pkg_cflags,yaml-0.1 libcjson expat $(if $(filter 0,$(LIVE)),,libcurl))
DEP_LIBS := $(call pkg_libs,yaml-0.1 libcjson expat,-lyaml -lcjson -lexpat) -ldl -pthread
TEST_LIBS = $(call pkg_libs,cmocka,-lcmocka)

BASE_CPPFLAGS := -D_POSIX_C_SOURCE=200809L -DOPSC_VERSION=\"$(VERSION)\" -DOPSC_LIVE=$(LIVE) -Icompiler -Ibuild/gen $(DEP_CFLAGS)
STD := -std=c11
# -g1 has lines and functions, which is what a report of theirs names.
SAN := -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -g1 -DARENA_DEBUG
ASAN := -fsanitize=address,undefined $(SAN)
FUZZER := -fsanitize=fuzzer-no-link,address,undefined $(SAN)

# ---- sources

MAIN := compiler/cli/main.c
GEN_HDRS := $(patsubst grammar/%.y,build/gen/%_parser.h,$(wildcard grammar/*.y))
GEN_SRCS := $(GEN_HDRS:.h=.c) $(patsubst grammar/%.re,build/gen/%_lexer.c,$(wildcard grammar/*.re)) \
            build/gen/embed_data.c
LIB_SRCS := $(filter-out $(MAIN) $(NOT_BUILT),$(wildcard compiler/*/*.c)) $(GEN_SRCS)
HEADERS := $(wildcard compiler/*/*.h)
EMBED := $(shell find catalog templates docs/diagnostics -type f ! -name '.*' ! -name '*~' \
           \( -path 'templates/*' -o -name '*.yaml' -o -name '*.md' \) 2>/dev/null | LC_ALL=C sort)
UNIT := $(wildcard tests/unit/test_*.c)
UNIT_HELP := $(filter-out $(UNIT),$(wildcard tests/unit/*.c))
# What suites run beside opsc, to reach what no command shows.
TOOLS := $(wildcard tests/tools/*.c)
FUZZ := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_HELP := $(filter-out $(FUZZ),$(wildcard tests/fuzz/*.c))
ALL_SRCS := $(MAIN) $(LIB_SRCS) $(UNIT) $(UNIT_HELP) $(TOOLS) $(FUZZ) $(FUZZ_HELP)
C_FILES := $(wildcard compiler/*/*.c tools/*.c tools/*/*.c tests/*/*.c)

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $@)
quoted = '$(subst ','\'',$(1))'
# Writes the text $(1) to the target when it differs: what depends on it is made again only then.
keep = @mkdir -p $(@D); printf '%s\n' $(call quoted,$(1)) | cmp -s - $@ || \
       printf '%s\n' $(call quoted,$(1)) > $@

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all setup check unit cases demo install bench bench-live bench-apply fuzz fuzz-smoke format format-check tidy layers \
        headers regen sanitize clang tools unit-programs unit-clang fuzz-programs clean help FORCE

all: build/opsc ## the compiler: build/opsc

# ---- what must be there: a clear message instead of a compiler's

build/.have-%: tools/setup.sh
	@mkdir -p $(@D)
	@LIVE=$(LIVE) sh tools/setup.sh --check $*
	@touch $@

# ---- generated sources, the same for every variant

build/gen/%_parser.c build/gen/%_parser.h: grammar/%.y | build/.have-build
	@mkdir -p build/gen
	@printf '  %-5s %s\n' BISON build/gen/$*_parser.c
	$(Q)$(BISON) -Wall -Wcounterexamples -Werror --no-lines --defines=build/gen/$*_parser.h \
	    -o build/gen/$*_parser.c $<

build/gen/%_lexer.c: grammar/%.re | build/.have-build
	@mkdir -p $(@D)
	$(call say,RE2C)
	$(Q)$(RE2C) -W -Werror -i --no-generation-date --no-version -o $@ $<

# Runs while building and reads the catalog: what it is made of is compiled for it once more.
EMBED_SRCS := tools/embed.c compiler/catalog/table.c $(filter-out compiler/base/embed.c,$(foreach d,base diag yaml,$(wildcard compiler/$(d)/*.c)))
EMBED_OBJS := $(EMBED_SRCS:%.c=build/host/%.o)

build/host/flags: FORCE
	$(call keep,$(HOSTCC) $(BASE_CPPFLAGS) $(WARN) $(HOST_CPPFLAGS))

$(EMBED_OBJS): build/host/%.o: %.c build/host/flags | build/.have-build
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(HOSTCC) $(STD) -O1 $(BASE_CPPFLAGS) $(HOST_CPPFLAGS) $(WARN) -MMD -MP -c -o $@ $<

build/embed: $(EMBED_OBJS)
	$(call say,LINK)
	$(Q)$(HOSTCC) $(HOST_LDFLAGS) -o $@ $(EMBED_OBJS) $(DEP_LIBS)

-include $(EMBED_OBJS:.o=.d)

build/gen/embed.list: FORCE
	$(call keep,$(EMBED))

build/gen/embed_data.c: build/embed build/gen/embed.list $(EMBED)
	$(call say,EMBED)
	$(Q)tr ' ' '\n' < build/gen/embed.list | build/embed $@

build/gen/sources.list: FORCE
	$(call keep,$(LIB_SRCS))

# ---- variants: $(1) folder, $(2) compiler, $(3) flags, $(4) what else must be there

define variant
$(1)/flags: TEXT = $(2) $(3) $$(BASE_CPPFLAGS) $$(WARN) $$(CPPFLAGS) $$(CFLAGS)
$(1)/flags: FORCE
	$$(call keep,$$(TEXT))

$$(ALL_SRCS:%.c=$(1)/obj/%.o): $(1)/obj/%.o: %.c $(1)/flags | $$(GEN_HDRS) build/.have-build $(4)
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(Q)$(2) $(STD) $$(BASE_CPPFLAGS) $$(CPPFLAGS) $(3) $$(if $$(filter build/gen/%,$$<),$$(WARN_GEN),$$(WARN)) \
	    $$(CFLAGS) -MMD -MP -c -o $$@ $$<

$(1)/libopsc.a: $$(LIB_SRCS:%.c=$(1)/obj/%.o) build/gen/sources.list
	$$(call say,AR)
	$$(Q)rm -f $$@ && $$(AR) rcs $$@ $$(filter %.o,$$^)

$(1)/opsc: $(1)/obj/$$(MAIN:.c=.o) $(1)/libopsc.a
	$$(call say,LINK)
	$$(Q)$(2) $(3) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(DEP_LIBS) $$(LDLIBS)

$$(UNIT:tests/unit/%.c=$(1)/tests/%): $(1)/tests/%: $(1)/obj/tests/unit/%.o \
    $$(UNIT_HELP:%.c=$(1)/obj/%.o) $(1)/libopsc.a | build/.have-cmocka
	@mkdir -p $$(@D)
	$$(call say,LINK)
	$$(Q)$(2) $(3) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(TEST_LIBS) $$(DEP_LIBS) $$(LDLIBS)

$$(TOOLS:tests/tools/%.c=$(1)/tests/%): $(1)/tests/%: $(1)/obj/tests/tools/%.o $(1)/libopsc.a
	@mkdir -p $$(@D)
	$$(call say,LINK)
	$$(Q)$(2) $(3) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(DEP_LIBS) $$(LDLIBS)

-include $$(ALL_SRCS:%.c=$(1)/obj/%.d)
endef

$(eval $(call variant,build,$$(CC),-O2))
$(eval $(call variant,build/asan,$$(ASAN_CC),$(ASAN)))
# Its warnings, which are all of it that is wanted, come before it optimizes.
$(eval $(call variant,build/clang,$$(CLANG),-O0 -Werror,build/.have-clang))
$(eval $(call variant,build/fuzz,$$(CLANG),$(FUZZER),build/.have-fuzzer))

$(FUZZ:tests/fuzz/%.c=build/fuzz/%): build/fuzz/%: build/fuzz/obj/tests/fuzz/%.o \
    $(FUZZ_HELP:%.c=build/fuzz/obj/%.o) build/fuzz/libopsc.a
	$(call say,LINK)
	$(Q)$(CLANG) $(FUZZER) -fsanitize=fuzzer $(CFLAGS) $(LDFLAGS) -o $@ $^ $(DEP_LIBS) $(LDLIBS)

sanitize: build/asan/opsc ## the compiler with ASan and UBSan: build/asan/opsc
clang: build/clang/opsc unit-clang ## everything with clang and -Werror: build/clang
unit-programs: $(UNIT:tests/unit/%.c=build/asan/tests/%)
unit-clang: $(UNIT:tests/unit/%.c=build/clang/tests/%) $(TOOLS:tests/tools/%.c=build/clang/tests/%)
tools: $(TOOLS:tests/tools/%.c=build/asan/tests/%) # what suites run beside opsc
fuzz-programs: $(FUZZ:tests/fuzz/%.c=build/fuzz/%)

# ---- tests

setup: ## installs what building and testing need, and says what
	@sh tools/setup.sh test

check: ## all tests, after `make setup` (OPSC_NO_SETUP=1: without); ends with the sums
	+@MAKE='$(MAKE)' sh tools/check.sh all

unit: ## the unit tests alone
	+@MAKE='$(MAKE)' OPSC_NO_SETUP=1 sh tools/check.sh unit

cases: ## the test scripts tests/suite_* alone
	+@MAKE='$(MAKE)' OPSC_NO_SETUP=1 sh tools/check.sh cases

fuzz: fuzz-programs ## fuzzes each target for FUZZ_SECONDS (600)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) sh tools/fuzz.sh

fuzz-smoke: fuzz-programs ## fuzzes each target for 10 seconds
	@FUZZ_SECONDS=10 sh tools/fuzz.sh

build/bench-%: tools/bench/%.c build/flags | build/.have-build
	$(call say,CC)
	$(Q)$(CC) $(STD) -O2 -D_XOPEN_SOURCE=700 $(DEP_CFLAGS) $(CPPFLAGS) $(WARN) $(CFLAGS) $(LDFLAGS) -o $@ $< $(DEP_LIBS) $(LDLIBS)

bench: build/opsc build/bench-floor build/bench-run ## opsc beside the floor and other tools, 10 to 100,000 alarms (BENCH="10 1000": these)
	@python3 tools/bench.py build $(BENCH)

bench-live: build/opsc build/bench-run ## opsc beside terraform plan, for an account of 1,000 alarms (BENCH=100: of so many)
	@python3 tools/bench_live.py build $(BENCH)

bench-apply: build/opsc ## opsc apply beside terraform apply under AWS's quotas, 1,000 alarms: a quarter of an hour (BENCH=100: so many)
	@python3 tools/bench_apply.py build $(BENCH)

# ---- gates

format: ## formats all C
	@$(CLANG_FORMAT) -i $(C_FILES) $(HEADERS)

format-check: | build/.have-clang-format ## fails when `make format` would change something
	@$(CLANG_FORMAT) --dry-run -Werror $(C_FILES) $(HEADERS)

# The analyzer is nearly all of it, and walks up to so many states of a function; 225000, clang's own number, takes three times as long.
TIDY_NODES ?= 75000
ANALYZER = -Xclang -analyzer-config -Xclang max-nodes=$(TIDY_NODES)

tidy: $(GEN_HDRS) | build/.have-clang-tidy ## clang-tidy over the compiler and the tools (TIDY_NODES=225000: three times as deep)
	@printf '%s\n' $(wildcard compiler/*/*.c tools/*.c tools/*/*.c tests/fuzz/*.c) | xargs -P $(JOBS) -n 4 sh -c \
	    'out=$$($(CLANG_TIDY) --quiet --warnings-as-errors="*" "$$@" -- $(STD) $(BASE_CPPFLAGS) $(ANALYZER) 2>&1) || bad=1; \
	    printf "%s\n" "$$out" | grep -v -e "^[0-9]* warning.* generated\.$$" -e "^$$"; exit $${bad:-0}' tidy

layers: build/opsc build/libopsc.a ## folders include only lower ranks; nothing banned, too long, or mutable
	@sh tools/layers.sh build/obj

headers: $(GEN_HDRS) | build/.have-build ## each header compiles alone, and twice
	@printf '%s\n' $(HEADERS:compiler/%=%) | xargs -P $(JOBS) -I {} sh -c \
	    'printf "#include \"{}\"\n#include \"{}\"\n" | \
	    $(CC) $(STD) $(BASE_CPPFLAGS) $(WARN) -Werror -fsyntax-only -x c - || { echo "{} does not compile alone"; exit 1; }'

regen: build/opsc ## writes generated/ anew
	@sh tools/regen.sh build/opsc

# ---- for users

demo: ## installs what is missing, builds, compiles an example and shows it
	+@MAKE='$(MAKE)' sh tools/demo.sh

install: build/opsc ## to PREFIX (/usr/local), below DESTDIR
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 build/opsc $(DESTDIR)$(PREFIX)/bin/opsc
	@set -e; put() { [ ! -f "$$1" ] || { install -d "$(DESTDIR)$(PREFIX)/$${2%/*}"; \
	    echo "install -m 644 $$1 $(DESTDIR)$(PREFIX)/$$2"; install -m 644 "$$1" "$(DESTDIR)$(PREFIX)/$$2"; }; }; \
	put generated/opsc.1 share/man/man1/opsc.1; \
	put generated/opsc.bash share/bash-completion/completions/opsc; \
	put generated/opsc.zsh share/zsh/site-functions/_opsc; \
	put generated/opsc.fish share/fish/vendor_completions.d/opsc.fish

clean: ## removes build/
	rm -rf build

help: ## this text
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile
