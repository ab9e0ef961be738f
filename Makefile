# Missive: what is built, and from what.
#
#   make run      boots QEMU to the shell          make exec CMD='...'   runs CMD there, ends with its status
#   make test     all tests; make fuzz, coverage   make check            format, analysers, sizes, directions
#   make gdb      boots stopped, in a debugger     make bench            figures, in instructions: docs/bench.md
#   make image    builds only; make clean          make compare          micro to monolithic: docs/compare.md
#
# Variables: IN_KERNEL="memory ..." OVERLAY=DIR DEBIAN="pkg ..." MEM=128M SMP=1 ICOUNT=1 DEBUG=1 TIMEOUT=300 MIRROR=url ONLY=pattern
# BASE=file LINUX=1 SCALE=1 (bench). V=1 shows the commands. Whatever the build says goes to standard error.

MAKEFLAGS += -rR --no-print-directory
BUILD   ?= build
MEM     ?= 128M
SMP     ?= 1
TIMEOUT ?= 300
FLAVOUR := $(if $(filter-out 0,$(DEBUG)),debug,release)
include placed/rules.mk
override CMD := $(value CMD)# make expands nothing in it: the shell gets it byte for byte
RUNNER_VARIABLES := BUILD MEM SMP TIMEOUT CMD IN_KERNEL OVERLAY DEBIAN MIRROR ICOUNT ONLY BASE LINUX SCALE
export $(RUNNER_VARIABLES)

# --- What there is ---------------------------------------------------------------------------------------------------
# The kernel, in the order in which a boot, and then a message, meets it.
KERNEL  := $(filter-out arch/riscv/fast_%,$(wildcard arch/riscv/*.S)) $(wildcard arch/riscv/*.c kernel/*.c ipc/*.c) $(PLACED_KERNEL) \
    $(if $(filter debug,$(FLAVOUR)),$(wildcard tests/kernel/*.c))
RARE    := $(addprefix arch/riscv/,machine.c fdt.c sbi.c plic.c timer.c fpu.c) $(addprefix kernel/,boot.c root.c print.c \
    machine.c pool_methods.c thread_methods.c aspace_query.c memory.c timer.c) # small before fast
# The servers, in the order in which root starts them; bench and paths take root's place. servers/lib is linked into each.
SERVERS := $(foreach s,root memory process terminal pipe event fs loader echo bench paths,$(if $(wildcard servers/$s/*.c),$s))
LIBRARY := $(wildcard servers/lib/*.S servers/lib/*.c) $(if $(filter debug,$(FLAVOUR)),$(wildcard tests/faults/*.c))

# The programs, Linux's as much as Missive's: process 1, the shell, the tools, the examples, and the program whose
# output is compared on both systems. The sources.mk of each folder names its files.
-include $(foreach d,user/sh user/tools user/examples user/bench tests/linux,$d/sources.mk)
located   = $(foreach f,$2,$(firstword $(wildcard $f $1/$f) $f))
sources_init      := user/init/main.c user/init/exec.c user/init/login.c
sources_sh        := $(call located,user/sh,$(SH_SRC))
sources_tools     := $(call located,user/tools,$(TOOLS_SRC))
sources_examples  := $(call located,user/examples,$(EXAMPLES_SRC))
sources_linuxtest := $(call located,tests/linux,$(LINUXTEST_SRC))
sources_bench     := $(call located,user/bench,$(BENCH_SRC))
PROGRAMS := $(foreach p,init sh tools examples linuxtest bench,$(if $(sources_$p),$p))
# Programs for tests alone, which come by the overlay: one for each file.
TEST_PROGRAMS := $(patsubst tests/machine/%.c,%,$(wildcard tests/machine/*.c)) $(filter linuxtest,$(PROGRAMS))

# --- With what ---------------------------------------------------------------------------------------------------------
BARE    := riscv64-unknown-elf-
HOSTED  := riscv64-linux-gnu-
WARN    := -Wall -Wextra -Werror
MACHINE_FLAGS := -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany -mstrict-align
BARE_FLAGS := -std=gnu11 $(MACHINE_FLAGS) -ffreestanding -O2 -g $(WARN) -Wswitch-enum -Wmissing-prototypes \
    -Wframe-larger-than=512 -ffunction-sections -fdata-sections -fno-common -fno-pic -fno-stack-protector \
    -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -I. -Iarch/riscv -Iservers/lib/user $(PLACED_FLAGS) $(if $(filter debug,$(FLAVOUR)),-DMISSIVE_DEBUG=1)
BARE_LINK := -march=rv64imac -mabi=lp64 -mcmodel=medany -nostdlib -static -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,max-page-size=4096
LINUX_FLAGS := -std=gnu11 -O2 $(WARN) -ffunction-sections -fdata-sections -I.
LINUX_LINK := -static -s -Wl,--gc-sections

say     = $(if $V,,@echo '  $1' >&2;)
objects = $(patsubst %,$(B)/obj/%.o,$1)
user_objects = $(patsubst %,$(BUILD)/user/obj/%.o,$1)

# Anything but cleaning needs the distribution's packages. Says nothing when they are there.
GOALS := $(filter-out clean help,$(or $(MAKECMDGOALS),image))
GROUPS := $(filter test check gdb,$(GOALS)) $(if $(filter test,$(GOALS))$(DEBIAN),debian) $(if $(filter test host fuzz coverage,$(GOALS)),host)
ifneq ($(GOALS),)
ifneq ($(shell scripts/setup $(GROUPS) >&2 || echo failed),)
$(error the set-up failed)
endif
endif

# --- What is made --------------------------------------------------------------------------------------------------------
.PHONY: image programs test-programs run exec bench compare test check format gdb clean help
.DELETE_ON_ERROR:
.SECONDARY:
image: $(B)/missive.elf $(B)/missive.img programs
	@scripts/place $(B)/missive.elf $(BUILD)/missive.elf && scripts/place $(B)/missive.img $(BUILD)/missive.img

$(B)/missive.img: $(B)/missive.elf $(B)/archive.cpio scripts/mkimage scripts/elf64.py
	$(call say,IMAGE   $@)$(BARE)objcopy -O binary $< $(B)/kernel.bin && scripts/mkimage $< $(B)/kernel.bin $(B)/archive.cpio $@

$(B)/missive.elf: $(call objects,$(KERNEL)) $(PLACED_OBJECTS) arch/riscv/kernel.ld
	$(call say,LINK    $@)$(BARE)gcc $(BARE_LINK) $(PLACED_LINK) -T arch/riscv/kernel.ld -Wl,-Map=$@.map $(filter %.o,$^) -lgcc -o $@

FLATS := $(patsubst %,$(B)/servers/%.flat,$(filter-out bench paths $(PLACED),$(SERVERS)))
$(B)/archive.cpio: servers/manifest.txt $(BUILD)/rootfs.cpio $(FLATS) scripts/mkarchive scripts/newc.py
	$(call say,ARCHIVE $@)scripts/mkarchive $@ $(filter-out scripts/%,$^)

$(B)/servers/%.flat: $(B)/servers/%.elf scripts/flatten scripts/elf64.py
	$(call say,FLATTEN $@)scripts/flatten $< $@

$(foreach s,$(SERVERS),$(eval $(B)/servers/$s.elf: $(call objects,$(wildcard servers/$s/*.[Sc]) $(LIBRARY))))
$(SERVERS:%=$(B)/servers/%.elf): servers/lib/server.ld
	$(call say,LINK    $@)mkdir -p $(@D) && $(BARE)gcc $(BARE_LINK) -T servers/lib/server.ld $(filter %.o,$^) -lgcc -o $@

$(B)/obj/%.o: % Makefile
	$(call say,CC      $<)mkdir -p $(@D) && $(BARE)gcc $(BARE_FLAGS) $(if $(filter $(RARE),$<),-Os -msave-restore) -MMD -MP -c $< -o $@

programs: $(PROGRAMS:%=$(BUILD)/user/%)

$(foreach p,$(PROGRAMS),$(eval $(BUILD)/user/$p: $(call user_objects,$(sources_$p))))
$(PROGRAMS:%=$(BUILD)/user/%):
	$(call say,LINK    $@)$(HOSTED)gcc $(LINUX_LINK) $(filter %.o,$^) -o $@

$(BUILD)/user/bench: LINUX_LINK += -Wl,-e,bench_entry

test-programs: $(TEST_PROGRAMS:%=$(BUILD)/user/test/%) $(B)/servers/bench.flat $(B)/servers/paths.flat

$(BUILD)/user/test/linuxtest: $(BUILD)/user/linuxtest
	@mkdir -p $(@D) && scripts/place $< $@

$(BUILD)/user/test/%: $(BUILD)/user/obj/tests/machine/%.c.o
	$(call say,LINK    $@)mkdir -p $(@D) && $(HOSTED)gcc $(LINUX_LINK) $< -o $@

$(BUILD)/user/obj/%.o: % Makefile
	$(call say,CC      $<)mkdir -p $(@D) && $(HOSTED)gcc $(LINUX_FLAGS) -MMD -MP -c $< -o $@

ROOTFS := $(filter-out %/linuxtest %/bench,$(PROGRAMS:%=$(BUILD)/user/%)) scripts/mkrootfs scripts/newc.py
$(BUILD)/rootfs.cpio: $(ROOTFS) $(shell find scripts/rootfs -type f)
	$(call say,ROOTFS  $@)scripts/mkrootfs $@ $(BUILD)/user

-include $(patsubst %,%.d,$(basename $(call objects,$(KERNEL) $(LIBRARY) $(wildcard $(SERVERS:%=servers/%/*.[Sc])))))
-include $(patsubst %,%.d,$(basename $(call user_objects,$(foreach p,$(PROGRAMS),$(sources_$p))))) $(if $(filter host host-% fuzz coverage,$(GOALS)),tests/host/host.mk)

# --- What is done with it ------------------------------------------------------------------------------------------------
run gdb compare: image
	@scripts/$@

bench: image $(B)/servers/bench.flat
	@scripts/bench $(B)

# make ends with status 2 whatever a recipe ended with; so here it becomes the runner (scripts/become.c).
ifneq ($(filter exec,$(GOALS)),)
-load $(BUILD)/host/become.so
$(BUILD)/host/become.so: scripts/become.c
	$(call say,HOSTCC  $<)mkdir -p $(@D) && gcc -O2 -Wall -Wextra -shared -fPIC $< -o $@
endif
exec: image
	@$(become scripts/exec,$(RUNNER_VARIABLES))scripts/exec

test:
	@tests/run

check format:
	@scripts/$@

clean:
	rm -rf $(BUILD)

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile
