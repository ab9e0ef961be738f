/*
 * Address spaces of programs, and reaching into them.
 *
 * The one idea: a new program's space is a copy-on-write fork of a template that holds
 * the loader's image and stack, the page with the rt_sigreturn call and the stack's
 * region.  It is made once, so exec copies no image and no page of it can be spoilt.  A space
 * that nobody uses any more is emptied and kept for the next one: its tables serve again.
 */
#include "servers/process/process_server.h"

#define MEMORY (SERVER_TO + SERVER_ID_MEMORY)
#define IDLE 2u
#define IDLE_TABLES 32            /* with more page tables than that a space goes */
#define RETURN_CODE_0 0x08b00893u /* li a7, 139 */
#define RETURN_CODE_1 0x00000073u /* ecall */

static struct slab space_slab = {.size = sizeof(struct space)};
static struct slab exe_slab = {.size = sizeof(struct exe)};
static struct space *template;
static struct space *idle[IDLE]; /* empty, for the next ones */
static u32 nidle;
static u64 loader_end;
static u64 loader_data; /* the page that it always writes */

/* --- Life --------------------------------------------------------------------------------- */

static void space_destroy(struct space *s)
{
	if (s->session != SLOT_NONE)
		slot_delete(s->session);
	if (call1(MEMORY, MEM_SPACE_DESTROY, s->id) < 0) {
		server_print("process: space %lx is busy\n", s->id);
		slot_delete(s->aspace); /* else it went with what it named */
	}
	slab_free(&space_slab, s);
}

/* MEM_SPACE_CREATE or _FORK: the id, and the Address space in a slot. */
static struct space *space_make(s32 label, const u64 word[6])
{
	struct space *s = slab_alloc(&space_slab);
	struct message m = {.label = label, .flags = MSG_RECEIVE, .receive = SLOT_ANY};

	if (!s)
		return 0;
	memcpy(m.word, word, sizeof(m.word));
	s->users = 1;
	s->session = SLOT_NONE;
	if (msg_call(MEMORY, &m) < 0) {
		slab_free(&space_slab, s);
		return 0;
	}
	s->aspace = m.receive;
	s->id = m.word[0];
	if (call_receive(MEMORY, MEM_SPACE_SESSION, (const u64[4]){s->id}, &s->session) < 0) {
		space_destroy(s);
		return 0;
	}
	return s;
}

/* An idle one becomes a copy of the parent; `pages` are there and its own. */
static struct space *space_again(u64 parent, u32 tag, const u64 pages[2])
{
	struct space *s = idle[nidle - 1];
	struct message m = {.word = {parent, tag, pages[0], pages[1], s->id},
			    .label = MEM_SPACE_FORK};

	if (msg_call(MEMORY, &m) < 0)
		return 0;
	nidle--;
	s->users = 1;
	return s;
}

static struct space *space_copy(u64 parent, u32 tag, const u64 pages[2])
{
	if (nidle)
		return space_again(parent, tag, pages);
	return space_make(MEM_SPACE_FORK, (const u64[6]){parent, tag, pages[0], pages[1]});
}

struct space *space_fork(const struct space *parent, u32 tag)
{
	return space_copy(parent->id, tag, (const u64[2]){0});
}

/* With the pages that an exec always writes: strings, and the loader's stack and variables. */
struct space *space_new(u32 tag)
{
	return space_copy(template->id, tag, (const u64[2]){STACK_TOP - PAGE_SIZE, loader_data});
}

void space_release(struct space *s)
{
	s64 tables;

	if (!s || --s->users > 0)
		return;
	tables = nidle < IDLE ? call1(MEMORY, MEM_SPACE_EMPTY, s->id) : -1;
	if (tables >= 0 && tables <= IDLE_TABLES)
		idle[nidle++] = s;
	else
		space_destroy(s);
}

void spaces_drop(void)
{
	while (nidle)
		space_destroy(idle[--nidle]);
}

void space_commit(const struct space *s, u64 heap, const struct limit *limit)
{
	struct message m = {.word = {s->id, heap, limit[LIMIT_AS].soft, limit[LIMIT_DATA].soft,
				     LOADER_BASE, loader_end - LOADER_BASE},
			    .label = MEM_SPACE_COMMIT};

	msg_call(MEMORY, &m);
}

struct exe *exe_new(slot_t slot)
{
	struct exe *x = slab_alloc(&exe_slab);

	if (!x) {
		slot_delete(slot);
		return 0;
	}
	x->slot = slot;
	x->users = 1;
	return x;
}

void exe_release(struct exe *x)
{
	if (!x || --x->users > 0)
		return;
	slot_delete(x->slot);
	slab_free(&exe_slab, x);
}

/* --- Reaching into it --------------------------------------------------------------------- */

static s32 present(const struct space *s, u64 address, u64 len, enum access access)
{
	s64 error =
		call_words(MEMORY, MEM_SPACE_PRESENT, (const u64[4]){s->id, address, len, access});

	if (error == -ENOMEM)
		return -ENOMEM;
	return error < 0 ? -EFAULT : 0;
}

/* Moves bytes as far as pages are there; a page that is absent is asked for, once. */
static s32 reach(const struct space *s, s32 method, u64 address, const void *own, u64 len)
{
	enum access access = method == ASPACE_READ ? ACCESS_READ : ACCESS_WRITE;
	bool asked = false;

	while (len > 0) {
		u64 part = len < COPY_MAX ? len : COPY_MAX;
		s64 n = call_data(s->aspace, method, (const u64[4]){address}, own, part);
		s32 error = n > 0 ? 0 : asked ? -EFAULT : present(s, address, part, access);
		if (error)
			return error;
		asked = n <= 0;
		if (n < 0)
			n = 0;
		address += (u64)n;
		own = (const u8 *)own + n;
		len -= (u64)n;
	}
	return 0;
}

s32 space_read(const struct space *s, u64 address, void *to, u64 len)
{
	return reach(s, ASPACE_READ, address, to, len);
}

s32 space_write(const struct space *s, u64 address, const void *from, u64 len)
{
	return reach(s, ASPACE_WRITE, address, from, len);
}

s64 space_read_string(const struct space *s, u64 address, void *to, u64 len)
{
	s64 n = call_data(s->aspace, ASPACE_READ, (const u64[4]){address}, to, len);
	s32 error;

	if (n > 0)
		return n;
	error = present(s, address, 1, ACCESS_READ);
	if (error)
		return error;
	n = call_data(s->aspace, ASPACE_READ, (const u64[4]){address}, to, len);
	return n > 0 ? n : -EFAULT;
}

/* --- The template ------------------------------------------------------------------------- */

static void must(s64 result, const char *what)
{
	if (result < 0)
		server_panic("process: no %s: %ld\n", what, result);
}

static void template_map(u64 address, u64 len, u32 rights, u32 flags)
{
	struct message m = {.word = {template->id, address, len, rights, SPACE_MAP_FIXED | flags},
			    .label = MEM_SPACE_MAP};

	must(msg_call(MEMORY, &m), "memory for the loader");
}

/* The region never is writable: only this one page table is, for as long as it takes. */
static void template_fill(u64 address, const void *from, u64 len, u32 rights)
{
	u64 npages = (len + PAGE_MASK) >> PAGE_SHIFT;

	if (len == 0)
		return;
	must(call_words(MEMORY, MEM_SPACE_PRESENT,
			(const u64[4]){template->id, address, len,
				       rights & (ACCESS_READ | ACCESS_WRITE)}),
	     "page for the loader");
	call_words(template->aspace, ASPACE_PROTECT,
		   (const u64[4]){address, npages, ACCESS_READ | ACCESS_WRITE, 1});
	must(space_write(template, address, from, len), "image of the loader");
	call_words(template->aspace, ASPACE_PROTECT, (const u64[4]){address, npages, rights, 1});
}

static void template_load(void)
{
	const u8 *flat = (const void *)server_at(SERVER_LOADER);
	const struct flat_header *h = (const void *)flat;

	for (u32 i = 0; i < h->nsegments; i++) {
		const struct flat_segment *g = &h->segment[i];
		template_map(g->vaddr, g->memsz, (u32)g->flags, 0);
		template_fill(g->vaddr, flat + g->offset, g->filesz, (u32)g->flags);
		if (g->flags & ACCESS_WRITE)
			loader_data = g->vaddr;
		if (g->vaddr + g->memsz > loader_end)
			loader_end = g->vaddr + g->memsz;
	}
}

void spaces_init(void)
{
	const struct flat_header *h = (const void *)server_at(SERVER_LOADER);
	static const u32 code[2] = {RETURN_CODE_0, RETURN_CODE_1};

	if (!start->loader_bytes || h->magic != FLAT_MAGIC)
		server_panic("process: no loader in the boot archive\n");
	template = space_make(MEM_SPACE_CREATE, (const u64[6]){0});
	if (!template)
		server_panic("process: no memory\n");
	template_load();
	template_map(LOADER_TRAMPOLINE, PAGE_SIZE, ACCESS_READ | ACCESS_EXEC, 0);
	template_fill(LOADER_TRAMPOLINE, code, sizeof(code), ACCESS_READ | ACCESS_EXEC);
	template_map(STACK_TOP - STACK_BYTES, STACK_BYTES, ACCESS_READ | ACCESS_WRITE,
		     SPACE_MAP_STACK);
	call0(template->aspace, ASPACE_FENCE);
}
