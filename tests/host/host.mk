# The kernel, the servers' parsers and the shell's grammar on this machine, under the sanitizers.
# `make host` builds them, tests/host/run runs them.

H          := $(BUILD)/host
# COVERAGE=1: counters for tests/host/coverage, instead of sanitizers.
HOST_CC    := clang $(if $(COVERAGE),-fprofile-instr-generate -fcoverage-mapping)
HOST_FLAGS := -std=gnu11 -O1 -g -fno-omit-frame-pointer $(if $(COVERAGE),,-fsanitize=address,undefined) \
    -fno-sanitize-recover=all -Wall -Wextra -Werror -Wno-missing-field-initializers
# Names that the C library and the sanitizers have, too. The kernel's memcpy may be given what overlaps: users do that.
HOST_RENAMED := sched_yield memcpy memmove memset memcmp
HOST_KERNEL_FLAGS := -DMISSIVE_DEBUG=1 -Itests/host/arch -Iarch/riscv -fno-builtin

# In the order of the link: first.c and last.c mark where the kernel's variables lie.
HOST_KERNEL := tests/host/first.c $(wildcard kernel/*.c) $(wildcard ipc/*.c) $(addprefix arch/riscv/,asid.c string.c) \
    $(wildcard tests/kernel/*.c) tests/host/last.c
HOST_MACHINE := $(addprefix tests/host/,machine.c lean.c image.c tlb.c keep.c world.c)
HOST_UNIT   := $(wildcard tests/host/unit*.c)

# The parsers: each with the files that it is made of, and what those are to be compiled with.
HOST_PARSERS  := fdt manifest elf sh cpio
fuzzes_fdt      := arch/riscv/fdt.c arch/riscv/machine.c
fuzzes_elf      := servers/loader/image.c
fuzzes_cpio     := $(addprefix servers/,fs/directory.c fs/blocks.c lib/heap.c)
fuzzes_sh       := $(filter %.c,$(call located,user/sh,$(SH_SRC)))
flags_fdt       := -Itests/host/plain -Iarch/riscv
flags_elf       := -fno-builtin -Dmemset=loader_memset -Itests/host/shadow
flags_cpio      := -Itests/host/shadow
flags_manifest  := -Itests/host/shadow
flags_sh        := -Dmain=sh_main -Dwrite=sh_write

host_objects = $(patsubst %,$H/obj/%.o,$1)

.PHONY: host fuzz coverage
# One part of it alone: host-kernel, host-fs, host-elf.
host-kernel: $H/unit $H/fuzz-calls
$(HOST_PARSERS:%=host-%): host-%: $H/fuzz-%
coverage:
	@tests/host/coverage

fuzz:
	@TIME=$(or $(TIME),60) tests/host/run

# The servers: their own sources behind a door to a simulated kernel, one program for each.
HOST_SERVERS := memory process terminal pipe fs event loader root
HOST_DEVICES := servers/terminal/uart.c # registers that nothing is behind
HOST_LIBRARY := $(filter-out servers/lib/loop.c servers/lib/heap.c,$(wildcard servers/lib/*.c))
HOST_SIM     := $(addprefix tests/host/servers/,sim.c cspace.c reply.c window.c caller.c door.c lack.c heap.c keep.c make.c broken.c bytes.c fill.c)
HOST_SERVER_FLAGS := -Itests/host/servers/door -Itests/host/servers
HOST_SERVER_NAMES := memcpy memmove memset memcmp strlen strcmp strncmp # the C library's own are asked here

host: $H/unit $H/fuzz-calls $(HOST_PARSERS:%=$H/fuzz-%) $(HOST_SERVERS:%=$H/unit-%) $(HOST_SERVERS:%=$H/fuzz-%)

$(call host_objects,$(HOST_KERNEL) $(HOST_MACHINE) $(HOST_UNIT) tests/host/fuzz_calls.c tests/host/shapes.c): \
    HOST_FLAGS += $(HOST_KERNEL_FLAGS)

$(call host_objects,kernel/% ipc/% arch/riscv/string.c): HOST_FLAGS += $(foreach n,$(HOST_RENAMED),-D$n=kernel_$n)

# What is fuzzed tells how far an input came: of the kernel only the blocks, its checks compare too much.
$(call host_objects,kernel/% ipc/%): HOST_FLAGS += -fsanitize-coverage=inline-8bit-counters,pc-table

$H/unit: $(call host_objects,$(HOST_KERNEL) $(HOST_MACHINE) $(HOST_UNIT))
	$(call say,HOSTLD  $@)$(HOST_CC) -fsanitize=address,undefined $^ -o $@

$H/fuzz-calls: $(call host_objects,$(HOST_KERNEL) $(HOST_MACHINE) tests/host/fuzz_calls.c tests/host/shapes.c)
	$(call say,HOSTLD  $@)$(HOST_CC) -fsanitize=address,undefined,fuzzer $^ -o $@

define parser
$H/fuzz-$1: $(call host_objects,$(fuzzes_$1) tests/host/fuzz_$1.c)
	$$(call say,HOSTLD  $$@)$(HOST_CC) -fsanitize=address,undefined,fuzzer $$^ -o $$@
$(call host_objects,$(fuzzes_$1) tests/host/fuzz_$1.c): HOST_FLAGS += -fsanitize=fuzzer-no-link $(flags_$1)
endef
$(foreach p,$(HOST_PARSERS),$(eval $(call parser,$p)))

# In the order of the link: what lies between first.c and last.c is the server's. The loader is none: it has no door and no loop.
served_by = tests/host/first.c $(filter-out $(HOST_DEVICES),$(wildcard servers/$1/*.c)) $(HOST_LIBRARY) tests/host/servers/loop.c tests/host/last.c \
    $(if $(filter-out process,$1),servers/process/routes.c) $(HOST_SIM)
sources_loader := tests/host/first.c $(wildcard servers/loader/*.c) tests/host/last.c $(addprefix tests/host/servers/,keep.c broken.c bytes.c)
sources_of = $(or $(sources_$1),$(served_by)) $(wildcard tests/host/servers/world_$1*.c)
unit_of = $(addprefix tests/host/servers/,stories.c $(if $(sources_$1),,story.c story_lack.c story_lib.c) unit_$1.c) $(wildcard tests/host/servers/unit_$1_*.c)
fuzz_of = tests/host/servers/input.c $(firstword $(wildcard tests/host/servers/fuzz_$1.c) tests/host/servers/fuzz.c)
server_objects = $(patsubst %,$H/obj/door/%.o,$1)
define server
$H/unit-$1: $(call server_objects,$(call sources_of,$1) $(call unit_of,$1))
	$$(call say,HOSTLD  $$@)$(HOST_CC) -fsanitize=address,undefined $$^ -o $$@
$H/fuzz-$1: $(call server_objects,$(call sources_of,$1) $(call fuzz_of,$1))
	$$(call say,HOSTLD  $$@)$(HOST_CC) -fsanitize=address,undefined,fuzzer $$^ -o $$@
endef
$(foreach s,$(HOST_SERVERS),$(eval $(call server,$s)))
$(HOST_SERVERS:%=host-%): host-%: $H/unit-% $H/fuzz-%
$(call server_objects,servers/lib/string.c): HOST_FLAGS += $(foreach n,$(HOST_SERVER_NAMES),-D$n=server_$n)
$(call server_objects,servers/loader/image.c): HOST_FLAGS += -Dmemset=loader_memset -fno-builtin # of the program's memory
$(call server_objects,servers/% tests/host/servers/loop.c): HOST_FLAGS += -fsanitize-coverage=inline-8bit-counters,pc-table,trace-cmp
$(call server_objects,servers/memory/check.c): HOST_FLAGS += -DMISSIVE_DEBUG=1
$H/obj/door/%.o: % tests/host/host.mk
	$(call say,HOSTCC  $<)mkdir -p $(@D) && $(HOST_CC) $(HOST_FLAGS) $(HOST_SERVER_FLAGS) -I. -MMD -MP -c $< -o $@

$H/obj/%.o: % tests/host/host.mk
	$(call say,HOSTCC  $<)mkdir -p $(@D) && $(HOST_CC) $(HOST_FLAGS) -I. -MMD -MP -c $< -o $@

-include $(shell find $H/obj -name '*.d' 2>/dev/null)
