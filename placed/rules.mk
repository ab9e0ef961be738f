# IN_KERNEL="memory process ...": these servers are linked into the kernel (docs/placement.md). Without it
# nothing here makes anything. What such a build makes lies in a folder of its own beside the microkernel's.
.DEFAULT_GOAL := image
empty :=
PLACED := $(if $(strip $(IN_KERNEL)),$(or $(shell scripts/in-kernel names '$(IN_KERNEL)'),$(error IN_KERNEL is refused)))
export PLACED_SUFFIX := $(subst $(empty) $(empty),,$(PLACED:%=-%))
B := $(BUILD)/$(FLAVOUR)$(PLACED_SUFFIX)

PLACED_FLAGS := $(if $(PLACED),-DMISSIVE_PLACED=1)
PLACED_KERNEL := $(if $(PLACED),$(wildcard placed/*.c arch/riscv/placed/*.S))
PLACED_LIBRARY := $(wildcard servers/lib/*.c servers/lib/placed/*.c) $(if $(filter debug,$(FLAVOUR)),$(wildcard tests/faults/*.c))
PLACED_OBJECTS := $(if $(PLACED),$(PLACED:%=$(B)/placed/%.o) $(B)/placed/table.c.o)
PLACED_LINK := $(if $(PLACED),-Xlinker --defsym=kernel_stack_size=65536)
placed_objects = $(patsubst %,$(B)/placed/obj/%.o,$1)

# A server and its own copy of the library become one object, of which two names are seen.
$(foreach s,$(PLACED),$(eval $(B)/placed/$s.o: $(call placed_objects,$(wildcard servers/$s/*.c) $(PLACED_LIBRARY))))
$(PLACED:%=$(B)/placed/%.o): $(B)/placed/%.o: placed/server.ld
	$(call say,PLACE   $@)$(BARE)ld -r -T placed/server.ld $(filter %.o,$^) -o $@ && $(BARE)objcopy -G placed_main_$* -G placed_resume_$* \
	    --redefine-sym placed_main=placed_main_$* --redefine-sym placed_resume=placed_resume_$* $@

$(B)/placed/obj/%.o: % Makefile placed/rules.mk
	$(call say,CC      $<)mkdir -p $(@D) && \
	$(BARE)gcc $(subst servers/lib/user,servers/lib/placed,$(BARE_FLAGS)) -MMD -MP -c $< -o $@

$(B)/placed/table.c.o: servers/manifest.txt scripts/in-kernel
	@mkdir -p $(@D) && scripts/in-kernel table '$(PLACED)' > $(@D)/table.c
	$(call say,CC      $(@D)/table.c)$(BARE)gcc $(BARE_FLAGS) -c $(@D)/table.c -o $@

-include $(patsubst %.o,%.d,$(call placed_objects,$(wildcard $(PLACED:%=servers/%/*.c)) $(if $(PLACED),$(PLACED_LIBRARY))))
