/*
 * From the first line in C to the first thread: what the machine is, which frames
 * are whose, the ledger, and then root.
 *
 * The one idea: a list of frames that are held for good; what RAM it leaves makes
 * the free runs.  Tables and ledger are taken from free runs by adding them to the
 * list, before the ledger exists.
 */
#include "kernel/boot.h"
#include "kernel/arch.h"
#include "kernel/ledger.h"
#include "kernel/print.h"
#include "kernel/sched.h"
#include "kernel/trap.h"

#define HELD_MAX (MACHINE_RESERVED + 2 * BOOT_RANGES + 8)

static struct machine_info machine;
static struct boot_info *const info = &machine.root;
static struct boot_range held[HELD_MAX];
static u32 nheld;

/* --- Who has which frames ------------------------------------------------------------- */

static void hold(frame_t first, u64 npages)
{
	PANIC_IF(nheld == HELD_MAX);
	held[nheld++] = (struct boot_range){first, npages};
}

/* The frames that the bytes of [start, end) touch. */
static struct boot_range frames_of(paddr_t start, paddr_t end)
{
	frame_t first = start >> PAGE_SHIFT;

	return (struct boot_range){first,
				   start < end ? ((end + PAGE_MASK) >> PAGE_SHIFT) - first : 0};
}

static void hold_bytes(paddr_t start, paddr_t end)
{
	struct boot_range r = frames_of(start, end);

	if (r.npages)
		hold(r.first, r.npages);
}

static bool overlap(struct boot_range a, struct boot_range b)
{
	return a.npages && b.npages && a.first < b.first + b.npages && b.first < a.first + a.npages;
}

bool boot_closed(frame_t first, u64 npages)
{
	struct boot_range r = {first, npages};

	for (u32 i = 0; i < info->nram; i++)
		if (overlap(r, info->ram[i]))
			return true;
	return overlap(r, frames_of(machine.plic_base, machine.plic_base + machine.plic_size))
	       || overlap(r,
			  frames_of(machine.clint_base, machine.clint_base + machine.clint_size));
}

/* The first free frame at or above `from` in r, or r's end. */
static frame_t skip_held(const struct boot_range *r, frame_t from)
{
	for (u32 i = 0; i < nheld; i++)
		if (from - held[i].first < held[i].npages) {
			from = held[i].first + held[i].npages;
			i = ~0u; /* once more through all */
		}
	return from < r->first + r->npages ? from : r->first + r->npages;
}

/* The end of the free run that begins at `first` in r. */
static frame_t run_end(const struct boot_range *r, frame_t first)
{
	frame_t end = r->first + r->npages;

	for (u32 i = 0; i < nheld; i++)
		if (held[i].npages && held[i].first >= first && held[i].first < end)
			end = held[i].first;
	return end;
}

/* The largest free run whose first frame is in [from, to). */
static struct boot_range largest_run(frame_t from, frame_t to)
{
	struct boot_range best = {0};

	for (const struct boot_range *r = info->ram; r < info->ram + info->nram; r++) {
		frame_t first = skip_held(r, r->first > from ? r->first : from);

		while (first >= r->first && first < r->first + r->npages && first < to) {
			frame_t end = run_end(r, first);

			if (end - first > best.npages)
				best = (struct boot_range){first, end - first};
			first = skip_held(r, end);
		}
	}
	return best;
}

/* Frames for the kernel for ever, from the largest run that begins in [from, to). */
static frame_t take(u64 npages, frame_t from, frame_t to)
{
	struct boot_range run = largest_run(from, to);

	PANIC_IF(run.npages < npages);
	hold(run.first, npages);
	return run.first;
}

/* --- What boot does, in its order -------------------------------------------------------- */

static void cut_ram(void)
{
	for (u32 i = 0; i < info->nram; i++) {
		struct boot_range *r = &info->ram[i];
		u64 limit = arch_direct_limit();

		if (r->first >= limit)
			*r = (struct boot_range){0};
		else if (r->npages > limit - r->first)
			r->npages = limit - r->first;
	}
}

static void hold_all(paddr_t device_tree, u64 size)
{
	paddr_t start, kernel_end, image_end;

	arch_image(&start, &kernel_end, &image_end);
	for (u32 i = 0; i < info->nram; i++) { /* firmware lies below the kernel */
		struct boot_range *r = &info->ram[i];

		if ((start >> PAGE_SHIFT) - r->first < r->npages)
			hold_bytes(r->first << PAGE_SHIFT, start);
	}
	hold_bytes(start, image_end);
	hold_bytes(machine.initrd_start, machine.initrd_end);
	hold_bytes(device_tree, device_tree + size);
	for (u32 i = 0; i < machine.nreserved; i++)
		hold(machine.reserved[i].first, machine.reserved[i].npages);
}

/* All RAM but the firmware, and the interrupt controller. */
static void map_direct(void)
{
	struct boot_range ranges[BOOT_RANGES + 1];
	paddr_t start, kernel_end, image_end;
	u32 n = 0;

	arch_image(&start, &kernel_end, &image_end);
	for (; n < info->nram; n++) {
		u64 below = (start >> PAGE_SHIFT) - info->ram[n].first;

		ranges[n] = info->ram[n];
		if (below < ranges[n].npages) {
			ranges[n].first += below;
			ranges[n].npages -= below;
		}
	}
	if (machine.plic_base)
		ranges[n++] = (struct boot_range){machine.plic_base >> PAGE_SHIFT,
						  machine.plic_size >> PAGE_SHIFT};
	start >>= PAGE_SHIFT;
	arch_direct_map(
		ranges, n,
		take(arch_direct_tables(ranges, n), start, (start | ((1ul << 18) - 1)) + 1));
}

static void make_ledger(void)
{
	for (u32 i = 0; i < info->nram; i++) {
		u64 npages = info->ram[i].npages;
		u64 bytes = npages * sizeof(struct ledger_entry);
		u64 pages = (bytes + PAGE_MASK) >> PAGE_SHIFT;
		frame_t storage = take(pages, 0, ~0ul);

		for (u64 j = 0; j < pages; j++)
			arch_page_clear(arch_direct((storage + j) << PAGE_SHIFT));
		ledger_add(info->ram[i].first, npages, arch_direct(storage << PAGE_SHIFT));
	}
	for (u32 i = 0; i < nheld; i++)
		for (u64 j = 0; j < held[i].npages; j++)
			ledger_reserve(held[i].first + j);
}

/* Archive and initrd are user frames that nobody uses yet. */
static struct boot_range hand_out(paddr_t start, paddr_t end)
{
	struct boot_range r = frames_of(start, end);

	for (u64 i = 0; i < r.npages; i++) {
		struct ledger_entry *e = ledger_find(r.first + i);

		if (!e)
			return (struct boot_range){0};
		*e = (struct ledger_entry){.type = FRAME_USER};
	}
	return r;
}

/* The free runs, largest first; found, they are held no less than the others. */
static void list_free(void)
{
	struct boot_range run;

	while (info->nfree < BOOT_RANGES && (run = largest_run(0, ~0ul)).npages) {
		info->free[info->nfree++] = run;
		hold(run.first, run.npages);
	}
	info->free_first = info->free[0].first;
	info->free_npages = info->free[0].npages;
}

static void fill_info(void)
{
	paddr_t start, kernel_end, image_end;

	list_free();
	arch_image(&start, &kernel_end, &image_end);
	info->magic = BOOT_MAGIC;
	info->archive = hand_out(kernel_end, image_end);
	info->archive_bytes = image_end - kernel_end;
	info->initrd = hand_out(machine.initrd_start, machine.initrd_end);
	if (info->initrd.npages) {
		info->initrd_bytes = machine.initrd_end - machine.initrd_start;
		info->initrd_offset = machine.initrd_start & PAGE_MASK;
	}
}

void kernel_main(paddr_t device_tree, u64 boot_hart)
{
	u64 size;

	if (arch_machine_read(device_tree, boot_hart, &machine, &size))
		panic("no device tree at %lx", device_tree);
	cut_ram();
	hold_all(device_tree, size);
	map_direct();
	make_ledger();
	arch_interrupts_init(machine.plic_base, machine.plic_context, machine.plic_sources);
	sched_init(info->timebase_hz);
	fill_info();
	root_start(info);
	arch_resume(trap_finish());
}
