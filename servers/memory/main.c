/*
 * The memory server: frames, address spaces, memory objects, page faults.
 *
 * It owns all RAM that root left over.  Programs reach it by Linux calls and by
 * their faults, servers by native calls; the badge says who and which.  It calls
 * nobody but the kernel, so it can answer everything at once, except a fault for
 * which there is no frame.
 */
#include "servers/memory/memory_server.h"

#define REPLIES 256 /* most faults that wait for frames */

static const struct operation routed[] = {
	{214, "brk", linux_brk},
	{215, "munmap", linux_munmap},
	{216, "mremap", linux_mremap},
	{222, "mmap", linux_mmap},
	{226, "mprotect", linux_mprotect},
	{227, "msync", linux_msync},
	{228, "mlock", linux_mlock},
	{229, "munlock", linux_mlock},
	{232, "mincore", linux_mincore},
	{233, "madvise", linux_madvise},
	{259, "riscv_flush_icache", linux_flush_icache},
	{0},
};

static const struct operation native[] = {
	{MEM_ADOPT, "adopt", native_adopt},
	{MEM_DONATE, "donate", native_donate},
	{MEM_HEAP, "heap", native_heap},
	{MEM_STATS, "stats", native_stats},
	{MEM_DROP, "drop", native_drop},
	{MEM_SPACE_CREATE, "space_create", native_space_create},
	{MEM_SPACE_FORK, "space_fork", native_space_fork},
	{MEM_SPACE_SESSION, "space_session", native_space_session},
	{MEM_SPACE_DESTROY, "space_destroy", native_space_destroy},
	{MEM_SPACE_EMPTY, "space_empty", native_space_empty},
	{MEM_SPACE_PRESENT, "space_present", native_space_present},
	{MEM_SPACE_MAP, "space_map", native_space_map},
	{MEM_SPACE_UNMAP, "space_unmap", native_space_unmap},
	{MEM_SPACE_COMMIT, "space_commit", native_space_commit},
	{MEM_SPACE_LIMIT, "space_limit", native_space_limit},
	{MEM_SPACE_INFO, "space_info", native_space_info},
	{MEM_SPACE_REGIONS, "space_regions", native_space_regions},
	{MEM_SPACE_LARGEST, "space_largest", native_space_largest},
	{MEM_OBJECT_CREATE, "object_create", native_object_create},
	{MEM_OBJECT_ATTACH, "object_attach", native_object_attach},
	{MEM_OBJECT_HOLD, "object_hold", native_object_hold},
	{MEM_OBJECT_RESIZE, "object_resize", native_object_resize},
	{MEM_OBJECT_ADOPT, "object_adopt", native_object_adopt},
	{MEM_OBJECT_SESSION, "object_session", native_object_session},
	{MEM_OBJECT_INFO, "object_info", native_object_info},
	{MEM_OBJECT_DESTROY, "object_destroy", native_object_destroy},
	{MEM_RESET, "reset", native_reset},
	{0},
};

#define NATIVES (sizeof(native) / sizeof(native[0]))

/* What the loop sees of the table above: every operation is behind the gate. */
static struct operation gated[NATIVES];

/* Native operations are for servers; a capability that came along and was not kept goes. */
static s64 native_gate(struct request *q, struct answer *a)
{
	u64 i = (u64)(q->label - MEM_ADOPT);
	s64 result = -EPERM;

	if (server_find(q->badge))
		result = native[i].fn(q, a);
	if (q->cap != SLOT_NONE)
		slot_delete(q->cap);
	books_check();
	return result;
}

static void gate_init(void)
{
	for (u32 i = 0; native[i].fn; i++) {
		if (native[i].number != MEM_ADOPT + i)
			server_panic("memory: %s is not in its place\n", native[i].name);
		gated[i] = native[i];
		gated[i].fn = native_gate;
	}
}

static const struct server memory = {
	.name = "memory",
	.routed = routed,
	.native = gated,
	.fault = memory_fault,
	.interrupted = waiting_interrupted,
	.abandoned = waiting_forget,
	.undo = fault_undo,
	.replies = REPLIES,
};

void server_main(const struct start_info *start)
{
	*server_of(SERVER_ID_MEMORY) =
		(struct server_memory){.aspace = SERVER_ASPACE,
				       .objects = server_own(SERVER_OBJECTS),
				       .objects_end = server_own(SERVER_OBJECTS_END)};
	frames_init(start);
	gate_init();
	server_run(&memory);
}
