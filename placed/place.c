/*
 * Where servers in the kernel live: areas of the kernel half of all page tables.
 *
 * The one idea: such a server has an Address space like any other, but one that counts from
 * the beginning of the kernel half.  Its middle tables are made at once and entered
 * into the kernel's root table, so that what is mapped later is there at once and everywhere.
 */
#include "placed/placed.h"
#include "ipc/abi/message.h"
#include "ipc/abi/placed.h"
#include "kernel/arch.h"
#include "kernel/cspace.h"
#include "kernel/trap.h"
#include "kernel/sched.h"

#define AREA_FIRST 0x1000000000ul /* above all RAM of the direct map */
#define AREA_BYTES 0x200000000ul
#define AREA_PART 0x40000000ul /* that a middle table maps */

struct thread *placed_threads[PLACED_MAX];
static void (*resume[PLACED_MAX])(void); /* 0: it has not begun */

static u64 area_of(u64 id)
{
	return AREA_FIRST + id * AREA_BYTES;
}

struct thread *placed_of_rank(u32 rank)
{
	return rank < PLACED_MAX ? placed_threads[rank] : 0;
}

static err_t place_aspace(struct aspace *a, u64 id)
{
	u64 area = area_of(id);

	if (a->npages || aspace_placed(a))
		return -EBUSY;
	for (u64 va = area; va < area + AREA_BYTES; va += AREA_PART)
		if (!aspace_table_make(a, va))
			return -ENOMEM;
	for (u64 va = area; va < area + AREA_BYTES; va += AREA_PART) {
		u32 i = arch_table_index(va, 2);
		arch_root_add(hart.aspace->root, i, a->root[i]);
	}
	arch_identifier_drop(a->identifier);
	a->identifier = ASPACE_PLACED;
	return 0;
}

/* Its end passes ~0: nothing is mapped then. */
void placed_flush(struct aspace *a, u64 va, u64 npages)
{
	for (u64 end = va + npages * PAGE_SIZE; npages != ~0ull && va < end; va += PAGE_SIZE) {
		u64 *table = aspace_table(a, va);
		u64 *pte = table ? &table[arch_table_index(va, 0)] : 0;

		if (pte && *pte)
			*pte = arch_pte_kernel(*pte);
	}
	arch_flush_all();
}

static err_t place_thread(struct thread *t, u64 id)
{
	struct aspace *a = thread_aspace(t);

	if (!a || !aspace_placed(a) || placed_threads[id])
		return -EBUSY;
	t->rank = (u8)id;
	placed_threads[id] = t;
	return 0;
}

err_t placed_method(struct invocation *v)
{
	u64 id = v->in[0];
	struct aspace *a;
	struct thread *t;
	err_t err;

	if (id >= placed_nservers || id >= PLACED_MAX || !placed_servers[id].main)
		return -ENOENT;
	v->out[0] = area_of(id);
	if (!(method_flags(v) & MSG_SEND))
		return 0;
	a = method_sent(v, OBJECT_ASPACE, &err);
	if (a)
		return place_aspace(a, id);
	t = method_sent(v, OBJECT_THREAD, &err);
	return t ? place_thread(t, id) : err;
}

/* It leaves by itself, if another server waits for it. */
static void enter(void *thread)
{
	const struct thread *t = thread;

	if (resume[t->rank])
		resume[t->rank]();
	resume[t->rank] = placed_servers[t->rank].resume;
	placed_servers[t->rank].main(arch_direct(t->frame.a0));
}

void placed_step(struct thread *t)
{
	arch_placed_enter(enter, t);
}

bool placed_leave_aspace(void)
{
	if (!hart.current || !placed_thread(hart.current))
		return false;
	aspace_leave();
	return true;
}

struct thread *placed_turn(struct thread *t)
{
	enter(t);
	__builtin_unreachable(); /* nobody waits for it, so its recv is the kernel's exit */
}
