/*
 * Servers from nothing: objects, then memory.
 *
 * Who pays: what grows with a server's work (sessions, slot pages, Replies) comes
 * from the server's own pool; page tables of all servers from the memory server's
 * pool, which feeds it; what never grows (thread, notification, timer) from root's.
 */
#include "servers/root/root.h"

_Static_assert(SERVER_TABLE + PROCESS_TABLE_PAGES * PAGE_SIZE <= SERVER_DEVICE_AT, "it has room");

#define BASIC_TYPES \
	(1u << OBJECT_CSPACE | 1u << OBJECT_ENDPOINT | 1u << OBJECT_REPLY | 1u << OBJECT_SESSION)

struct server_record servers[SERVER_IDS];
static frame_t table_first; /* process table */

/* What `from` makes out of a pool, which is fed when it is empty. */
static slot_t make(slot_t from, slot_t pool, const struct message *form)
{
	for (int i = 0;; i++) {
		struct message m = *form;
		s32 error = msg_call(from, &m);
		if (error >= 0)
			return m.receive;
		if (error != -ENOMEM || i == 4)
			root_fail("cannot make", "an object", error);
		frames_donate(i & 1 ? SERVER_POOL : pool, 4);
	}
}

slot_t root_create(slot_t pool, enum object_type type, u64 a, u64 b, slot_t sent)
{
	struct message m = {.word = {type, a, b},
			    .label = POOL_CREATE,
			    .flags = MSG_RECEIVE | (sent == SLOT_NONE ? 0 : MSG_SEND),
			    .send = sent,
			    .receive = SLOT_ANY};

	return make(pool, pool, &m);
}

static slot_t mint(slot_t endpoint, slot_t pool, u64 badge)
{
	struct message m = {.word = {badge, SESSION_NO_CLOSED},
			    .label = ENDPOINT_MINT,
			    .flags = MSG_RECEIVE,
			    .receive = SLOT_ANY};

	return make(endpoint, pool, &m);
}

slot_t root_mint(const struct server_record *to, u64 badge)
{
	return mint(to->endpoint, to->pool, badge);
}

static void make_pool(struct server_record *s)
{
	const struct manifest_entry *e = s->entry;
	struct message m = {.word = {OBJECT_POOL, e->creates | BASIC_TYPES, e->ceiling,
				     e->has & HAS_TRUSTED ? ENDPOINT_TRUSTED : 0},
			    .label = POOL_CREATE,
			    .flags = MSG_RECEIVE,
			    .receive = SLOT_ANY};

	s->pool = make(SERVER_POOL, SERVER_POOL, &m);
	frames_donate(s->pool, e->pool);
}

static void make_objects(struct server_record *s)
{
	const struct manifest_entry *e = s->entry;

	make_pool(s);
	s->aspace = root_create(servers[SERVER_ID_MEMORY].pool, OBJECT_ASPACE, 0, 0, SLOT_NONE);
	s->cspace = root_create(s->pool, OBJECT_CSPACE, 0, 0, SLOT_NONE);
	s->endpoint = root_create(s->pool, OBJECT_ENDPOINT, e->rank,
				  e->has & HAS_TRUSTED ? ENDPOINT_TRUSTED : 0, SLOT_NONE);
	s->notification = root_create(SERVER_POOL, OBJECT_NOTIFICATION, 0, 0, SLOT_NONE);
	s->timer = root_create(SERVER_POOL, OBJECT_TIMER, NOTIFY_TIMER, 0, s->notification);
	call1(s->cspace, CSPACE_LIMIT, SERVER_FREE);
	s->handler = mint(SERVER_ENDPOINT, SERVER_POOL, SERVER_BADGE + e->rank);
}

void make_thread(struct server_record *s)
{
	struct message m = {
		.word = {s->entry->priority, 0, s->aspace, s->cspace, SLOT_NONE, s->handler},
		.label = THREAD_CONFIGURE};
	s32 error;

	s->thread = root_create(SERVER_POOL, OBJECT_THREAD, 0, 0, SLOT_NONE);
	error = msg_call(s->thread, &m);
	if (error < 0)
		root_fail("no thread for", s->entry->name, error);
	call_cap(s->notification, NOTIFICATION_BIND, s->thread, 0);
}

s64 root_place(struct server_record *s, u32 rank, slot_t sent)
{
	for (;;) {
		struct message m = {.word = {rank},
				    .label = MACHINE_PLACE,
				    .flags = sent == SLOT_NONE ? 0 : MSG_SEND,
				    .send = sent};
		s32 error = msg_call(SERVER_MACHINE, &m);

		if (error == -ENOMEM) {
			frames_donate(servers[SERVER_ID_MEMORY].pool, 4);
			continue;
		}
		s->area = error < 0 ? 0 : m.word[0];
		return error;
	}
}

static void must_place(struct server_record *s, slot_t sent)
{
	s64 error = s->image.data ? 0 : root_place(s, s->entry->rank, sent);

	if (error < 0)
		root_fail("cannot place", s->entry->name, error);
}

/* --- Memory -------------------------------------------------------------------------- */

static void map(const struct server_record *s, u64 address, const struct boot_range *frames,
		u32 rights)
{
	struct mapping m = {.aspace = s->aspace,
			    .pool = servers[SERVER_ID_MEMORY].pool,
			    .address = server_address(s->area, address),
			    .rights = rights};

	frames_map(&m, frames->first, frames->npages);
}

static u64 fresh_pages(const struct server_record *s)
{
	const struct flat_header *flat = (const void *)s->image.data;
	u64 npages = s->entry->stack;

	for (u32 i = 0; i < flat->nsegments; i++)
		if (flat->segment[i].flags & ACCESS_WRITE)
			npages += flat->segment[i].memsz >> PAGE_SHIFT;
	return npages;
}

static void map_fresh(struct server_record *s, u64 address, u64 npages)
{
	struct boot_range fresh = {s->data_first + s->data_pages, npages};

	map(s, address, &fresh, ACCESS_READ | ACCESS_WRITE);
	s->data_pages += npages;
}

/* Read-only segments stay in the archive's frames; writable ones get frames of their own, taken in
 * one go: a pool that is fed meanwhile gets none from between them. */
static void map_image(struct server_record *s)
{
	const struct flat_header *flat = (const void *)s->image.data;

	s->data_first = frames_take(fresh_pages(s));
	for (u32 i = 0; i < flat->nsegments; i++) {
		const struct flat_segment *g = &flat->segment[i];
		struct boot_range text = {s->image.first + (g->offset >> PAGE_SHIFT),
					  g->filesz >> PAGE_SHIFT};
		if (g->flags & ACCESS_WRITE)
			map_fresh(s, g->vaddr, g->memsz >> PAGE_SHIFT);
		else
			map(s, g->vaddr, &text, (u32)g->flags);
	}
	map_fresh(s, SERVER_STACK_TOP - s->entry->stack * PAGE_SIZE, s->entry->stack);
}

static void segment_load(const struct server_record *s, const struct flat_segment *g)
{
	u64 done = 0;

	while (done < g->filesz) {
		u64 left = g->filesz - done;
		u64 word[4] = {g->vaddr + done};
		s64 n = call_data(s->aspace, ASPACE_WRITE, word, s->image.data + g->offset + done,
				  left < COPY_MAX ? left : COPY_MAX);
		if (n <= 0)
			root_fail("cannot load", s->entry->name, n);
		done += (u64)n;
	}
}

void image_load(const struct server_record *s)
{
	const struct flat_header *flat = (const void *)s->image.data;

	for (u32 i = 0; i < flat->nsegments; i++)
		if (flat->segment[i].flags & ACCESS_WRITE)
			segment_load(s, &flat->segment[i]);
}

static void map_extras(struct server_record *s)
{
	u32 has = s->entry->has;
	struct member rootfs = archive_find("rootfs.cpio");
	struct member loader = archive_find("servers/loader");
	struct boot_range table = {table_first, PROCESS_TABLE_PAGES};
	struct boot_range rootfs_frames = {rootfs.first, rootfs.npages};
	struct boot_range loader_frames = {loader.first, loader.npages};

	if (has & HAS_TABLE_WRITE)
		map(s, SERVER_TABLE, &table, ACCESS_READ | ACCESS_WRITE);
	else if (has & HAS_TABLE_READ)
		map(s, SERVER_TABLE, &table, ACCESS_READ);
	if (has & HAS_ROOTFS)
		map(s, SERVER_ARCHIVE, &rootfs_frames, ACCESS_READ);
	if (has & HAS_INITRD)
		map(s, SERVER_INITRD, &boot->initrd, ACCESS_READ);
	if (has & HAS_LOADER)
		map(s, SERVER_LOADER, &loader_frames, ACCESS_READ);
}

static void make_server(const struct manifest_entry *e)
{
	struct server_record *s = &servers[e->rank];

	s->entry = e;
	make_objects(s);
	must_place(s, s->aspace);
	if (s->image.data) {
		map_image(s);
		image_load(s);
	}
	map_extras(s);
	make_thread(s);
	must_place(s, s->thread);
}

/* Is there such a server, in the kernel or in the archive? */
static bool find_server(const struct manifest_entry *e)
{
	struct server_record *s = &servers[e->rank];

	if (root_place(s, e->rank, SLOT_NONE) >= 0)
		return true;
	s->image = archive_find_server(e->name);
	if (!s->image.data)
		server_print("root: no servers/%s in the boot archive\n", e->name);
	return s->image.data;
}

void make_servers(void)
{
	bool found[SERVER_IDS] = {false};

	table_first = frames_take(PROCESS_TABLE_PAGES);
	for (u32 rank = 0; rank < SERVER_IDS; rank++)
		found[rank] = manifest_find(rank) && find_server(manifest_find(rank));
	if (!found[SERVER_ID_MEMORY])
		root_fail("no memory server in the", "boot archive", 0);
	for (u32 rank = 0; rank < SERVER_IDS; rank++) /* so that all address spaces see them */
		if (found[rank] && !servers[rank].image.data)
			make_server(manifest_find(rank));
	for (u32 rank = 0; rank < SERVER_IDS; rank++)
		if (found[rank] && servers[rank].image.data)
			make_server(manifest_find(rank));
}
