/*
 * The first server, made by hand: everything after it is made by messages.
 *
 * Root's text and constants stay where they lie in the boot archive; what it
 * writes to, its stack and the boot page are fresh frames in one run, behind the
 * frames of its pool.
 */
#include "kernel/boot.h"
#include "kernel/arch.h"
#include "kernel/aspace.h"
#include "kernel/cspace.h"
#include "kernel/ledger.h"
#include "kernel/print.h"
#include "kernel/sched.h"

#define ROOT_NAME "servers/root"
#define POOL_PAGES 64u
#define STACK_PAGES 8u
#define STACK_TOP 0x3f0000000ull  /* the boot page lies at it */
#define DEVICE_PAGES (1ull << 44) /* all that an entry can name */

#define CPIO_HEADER 110u
#define CPIO_FILESIZE 54u
#define CPIO_NAMESIZE 94u

/* Root while it is made. */
struct making {
	struct boot_info *info;
	struct pool *pool;
	struct aspace *aspace;
	struct cspace *cspace;
	struct thread *thread;
};

int memcmp(const void *a, const void *b, size_t len);
void *memcpy(void *to, const void *from, size_t len);

/* --- The boot archive (cpio newc) ------------------------------------------------------- */

static u64 hex8(const u8 *p)
{
	u64 value = 0;

	for (u32 i = 0; i < 8; i++)
		value = value << 4 | (p[i] <= '9' ? p[i] - '0' : (p[i] | 32) - 'a' + 10);
	return value;
}

/* Offset of the file's data in the archive; 0: it is not there. */
static u64 archive_find(const u8 *archive, u64 size, const char *name, u64 len)
{
	u64 at = 0;

	while (at + CPIO_HEADER < size && !memcmp(archive + at, "070701", 6)) {
		u64 filesize = hex8(archive + at + CPIO_FILESIZE);
		u64 namesize = hex8(archive + at + CPIO_NAMESIZE);
		u64 data = (at + CPIO_HEADER + namesize + 3) & ~3ull;

		if (data + filesize > size)
			break;
		if (namesize > len && !memcmp(archive + at + CPIO_HEADER, name, len + 1))
			return data;
		at = (data + filesize + 3) & ~3ull;
	}
	return 0;
}

static const struct flat_header *find_root(const struct boot_info *info)
{
	const u8 *archive = arch_direct(info->archive.first << PAGE_SHIFT);
	u64 at = archive_find(archive, info->archive_bytes, ROOT_NAME, sizeof ROOT_NAME - 1);
	const struct flat_header *flat = (const struct flat_header *)(const void *)(archive + at);

	if (!at || at & PAGE_MASK || flat->magic != FLAT_MAGIC || flat->nsegments > FLAT_SEGMENTS)
		panic("no " ROOT_NAME " in the boot archive");
	return flat;
}

/* --- Its memory -------------------------------------------------------------------------- */

static frame_t take_frames(struct making *m, u64 npages)
{
	frame_t first = m->info->free_first;

	PANIC_IF(m->info->free_npages < npages);
	m->info->free_first += npages;
	m->info->free_npages -= npages;
	return first;
}

static void map(struct making *m, u64 va, const struct boot_range *frames, u32 rights)
{
	for (u64 i = 0; i < frames->npages; i += MAP_RUN_MAX) {
		u64 left = frames->npages - i, n = left < MAP_RUN_MAX ? left : MAP_RUN_MAX;

		PANIC_IF(aspace_map_run(m->aspace, va + i * PAGE_SIZE, frames->first + i, n,
					rights));
	}
}

static void map_fresh(struct making *m, u64 va, u64 npages, u32 rights)
{
	struct boot_range frames = {take_frames(m, npages), npages};

	map(m, va, &frames, rights);
}

static void map_segment(struct making *m, const u8 *flat, const struct flat_segment *s)
{
	frame_t first = m->info->free_first;
	struct boot_range text = {arch_physical(flat + s->offset) >> PAGE_SHIFT,
				  s->filesz >> PAGE_SHIFT};

	if (s->flags & ACCESS_WRITE) {
		map_fresh(m, s->vaddr, s->memsz >> PAGE_SHIFT, (u32)s->flags);
		memcpy(arch_direct(first << PAGE_SHIFT), flat + s->offset, s->filesz);
	} else {
		map(m, s->vaddr, &text, (u32)s->flags);
	}
}

static void make_memory(struct making *m, const struct flat_header *flat)
{
	struct boot_info *info = m->info;
	frame_t first = info->free_first;

	for (u32 i = 0; i < flat->nsegments; i++)
		map_segment(m, (const u8 *)flat, &flat->segment[i]);
	map_fresh(m, STACK_TOP - STACK_PAGES * PAGE_SIZE, STACK_PAGES, ACCESS_READ | ACCESS_WRITE);
	map_fresh(m, STACK_TOP, 1, ACCESS_READ);
	info->root_first = first;
	info->root_npages = info->free_first - first;
	info->free[0] = (struct boot_range){info->free_first, info->free_npages};
	memcpy(arch_direct((info->free_first - 1) << PAGE_SHIFT), info, sizeof *info);
}

/* --- Its capabilities ---------------------------------------------------------------------- */

static void *make(struct making *m, enum object_type type)
{
	void *o = pool_object_get(m->pool, type);

	PANIC_IF(!o);
	return o;
}

static void name(struct making *m, slot_t n, struct object *o)
{
	struct slot *s = cspace_slot(m->cspace, n);

	PANIC_IF(!s);
	slot_set(s, o, 0);
}

static void make_range(struct making *m, slot_t n, const struct boot_range *r, bool device)
{
	struct memory *memory = make(m, OBJECT_MEMORY);

	memory->first = r->first;
	memory->npages = r->npages;
	memory->device = device;
	name(m, n, &memory->object);
}

static void make_objects(struct making *m)
{
	m->aspace = make(m, OBJECT_ASPACE);
	m->cspace = make(m, OBJECT_CSPACE);
	m->thread = make(m, OBJECT_THREAD);
	PANIC_IF(aspace_init(m->aspace) || cspace_init(m->cspace));
	thread_init(m->thread);
	name(m, ROOT_SLOT_CSPACE, &m->cspace->object);
	name(m, ROOT_SLOT_ASPACE, &m->aspace->object);
	name(m, ROOT_SLOT_THREAD, &m->thread->object);
	name(m, ROOT_SLOT_POOL, &m->pool->object);
	name(m, ROOT_SLOT_MACHINE, make(m, OBJECT_MACHINE));
	make_range(m, ROOT_SLOT_DEVICE, &(struct boot_range){0, DEVICE_PAGES}, true);
	for (u32 i = 0; i < m->info->nram; i++)
		make_range(m, ROOT_SLOT_MEMORY + i, &m->info->ram[i], false);
}

static void make_thread(struct making *m, u64 entry)
{
	struct thread *t = m->thread;

	slot_set(&t->aspace_slot, &m->aspace->object, 0);
	slot_set(&t->cspace_slot, &m->cspace->object, 0);
	t->priority = PRIORITIES - 1;
	t->frame.pc = entry;
	t->frame.sp = STACK_TOP;
	t->frame.a0 = STACK_TOP;
	thread_ready(t);
}

void root_start(struct boot_info *info)
{
	struct making m = {.info = info};
	const struct flat_header *flat = find_root(info);

	m.pool = pool_boot(take_frames(&m, POOL_PAGES), POOL_PAGES);
	make_objects(&m);
	make_memory(&m, flat);
	make_thread(&m, flat->entry);
}
