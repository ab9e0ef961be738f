/*
 * The start of the servers: their slots, their start pages, and in which order.
 *
 * Memory goes first, with every frame that is left; it then adopts the address
 * space of each other server, which gives that server its session to memory.
 */
#include "servers/root/root.h"

#define SCRATCH 0x500000000ull /* where root writes a start page */
#define SPARE_PAGES 8u         /* of root's pool, for its Replies: it gets no more */

/* --- Slots --------------------------------------------------------------------------- */

static void give(const struct server_record *s, slot_t there, slot_t own)
{
	s64 error;

	while ((error = call2(s->cspace, CSPACE_COPY, there, own)) == -ENOMEM)
		frames_donate(s->pool, 2);
	if (error < 0)
		root_fail("cannot give a capability to", s->entry->name, error);
}

static void give_moved(const struct server_record *s, slot_t there, slot_t own)
{
	give(s, there, own);
	slot_delete(own);
}

static slot_t derive(slot_t memory, frame_t first, u64 npages)
{
	struct message m = {.word = {first, npages},
			    .label = MEMORY_DERIVE,
			    .flags = MSG_SEND | MSG_RECEIVE,
			    .send = SERVER_POOL,
			    .receive = SLOT_ANY};
	s32 error;

	while ((error = msg_call(memory, &m)) == -ENOMEM) {
		pool_feed(2);
		m.label = MEMORY_DERIVE;
		m.word[0] = first;
		m.word[1] = npages;
		m.receive = SLOT_ANY;
	}
	if (error < 0)
		root_fail("cannot derive", "a Memory", error);
	return m.receive;
}

/* The page of a device's registers: mapped, and its Memory. */
static void give_device(const struct server_record *s, u64 base, u32 rights)
{
	frame_t frame = base >> PAGE_SHIFT;
	slot_t device = derive(SERVER_DEVICE, frame, 1);
	struct mapping m = {.aspace = s->aspace,
			    .pool = servers[SERVER_ID_MEMORY].pool,
			    .address = server_address(s->area, SERVER_DEVICE_AT),
			    .rights = rights};

	frames_map_device(&m, device, frame);
	give_moved(s, SERVER_DEVICE, device);
}

static void give_sessions(const struct server_record *s)
{
	u32 wanted = s->entry->calls | s->entry->hands;

	for (u32 id = 0; id < SERVER_IDS; id++) {
		if (!(wanted & 1u << id) || !servers[id].entry || id == SERVER_ID_MEMORY)
			continue;
		give_moved(s, SERVER_TO + id,
			   root_mint(&servers[id], SERVER_BADGE + s->entry->rank));
	}
	if (s->entry->signals & 1u << SERVER_ID_EVENT && servers[SERVER_ID_EVENT].entry)
		give(s, SERVER_EVENT_NOTIFY, servers[SERVER_ID_EVENT].notification);
	if (s->entry->signals & 1u << SERVER_ID_PROCESS && servers[SERVER_ID_PROCESS].entry)
		give(s, SERVER_OUT_OF_MEMORY, servers[SERVER_ID_PROCESS].notification);
	if (s->entry->signals & 1u << SERVER_ID_FS && servers[SERVER_ID_FS].entry)
		give(s, SERVER_LOCKS, servers[SERVER_ID_FS].notification);
}

static void give_hardware(const struct server_record *s)
{
	u32 has = s->entry->has;

	if (has & HAS_MACHINE)
		give(s, SERVER_MACHINE, SERVER_MACHINE);
	if (has & HAS_UART && boot->uart.base)
		give_device(s, boot->uart.base, ACCESS_READ | ACCESS_WRITE);
	if (has & HAS_CLOCK && boot->clock)
		give_device(s, boot->clock, ACCESS_READ);
	if (has & HAS_INTERRUPT && boot->uart.source)
		give_moved(s, SERVER_INTERRUPT,
			   root_create(SERVER_POOL, OBJECT_INTERRUPT, boot->uart.source, 0,
				       SLOT_NONE));
	for (u32 i = 0; has & HAS_RAM && i < boot->nram && i < 4; i++)
		give(s, SERVER_RAM + i, ROOT_RAM + i);
}

static void give_all(const struct server_record *s)
{
	give(s, SERVER_CSPACE, s->cspace);
	give(s, SERVER_ASPACE, s->aspace);
	give(s, SERVER_THREAD, s->thread);
	give(s, SERVER_POOL, s->pool);
	give(s, SERVER_ENDPOINT, s->endpoint);
	give(s, SERVER_NOTIFICATION, s->notification);
	give(s, SERVER_TIMER, s->timer);
	give_hardware(s);
	give_sessions(s);
}

/* --- Start pages --------------------------------------------------------------------- */

/* A seed of its own for each server: mixed so that one does not tell the other (splitmix64). */
static void seed_fill(u8 seed[32], u32 rank)
{
	u64 x = rank * 0x9e3779b97f4a7c15ull + time_now();

	for (u32 i = 0; i < 32; i += 8) {
		u64 in, z;
		memcpy(&in, boot->seed + i, 8);
		x += in + 0x9e3779b97f4a7c15ull;
		z = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
		z = (z ^ z >> 27) * 0x94d049bb133111ebull;
		z ^= z >> 31;
		memcpy(seed + i, &z, 8);
	}
}

static void start_fill_archive(struct start_info *i, u32 has)
{
	struct member rootfs = archive_find("rootfs.cpio");

	if (has & (HAS_ROOTFS | HAS_RAM)) {
		i->rootfs_bytes = rootfs.bytes;
		i->rootfs = (struct boot_range){rootfs.first, rootfs.npages};
	}
	if (has & (HAS_INITRD | HAS_RAM)) {
		i->initrd_bytes = boot->initrd_bytes;
		i->initrd = boot->initrd;
		i->initrd_offset = boot->initrd_offset;
	}
	if (has & HAS_LOADER)
		i->loader_bytes = archive_find("servers/loader").bytes;
}

static void start_fill(struct start_info *i, const struct server_record *s)
{
	u32 has = s->entry->has;

	i->id = s->entry->rank;
	string_copy(i->name, s->entry->name, sizeof(i->name));
	i->nharts = boot->nharts;
	i->timebase_hz = boot->timebase_hz;
	for (u32 n = 0; n < boot->nram; n++)
		i->total_pages += boot->ram[n].npages;
	if (has & (HAS_TABLE_READ | HAS_TABLE_WRITE))
		i->table_pages = PROCESS_TABLE_PAGES;
	if (has & (HAS_UART | HAS_INTERRUPT))
		i->uart = boot->uart;
	if (has & HAS_CLOCK)
		i->clock = boot->clock;
	if (has & HAS_SEED)
		seed_fill(i->seed, s->entry->rank);
	memcpy(i->command_line, boot->command_line, sizeof(i->command_line));
	start_fill_archive(i, has);
}

/* The frames that are the server's own to manage: taken last, when nothing else is wanted. */
static void start_fill_ram(struct start_info *i)
{
	i->nram = boot->nram < 4 ? boot->nram : 4;
	for (u32 n = 0; n < i->nram; n++)
		i->ram[n] = boot->ram[n];
	i->nown = frames_left(i->own);
}

static void map_routes(const struct server_record *s, struct start_info *i)
{
	struct mapping m = {.aspace = s->aspace,
			    .pool = servers[SERVER_ID_MEMORY].pool,
			    .address = server_address(s->area, SERVER_ROUTES),
			    .rights = ACCESS_READ | ACCESS_WRITE};

	i->routes_first = frames_take(ROUTE_FRAMES);
	frames_map(&m, i->routes_first, ROUTE_FRAMES);
	give_moved(s, SERVER_RAM,
		   derive(frames_memory(i->routes_first), i->routes_first, ROUTE_FRAMES));
}

/* Writes the page at SCRATCH, where it is writable, and maps it read-only in the server. */
static void give_start_page(struct server_record *s)
{
	frame_t frame = frames_take(1);
	struct mapping mine = {.aspace = SERVER_ASPACE,
			       .pool = SERVER_POOL,
			       .address = SCRATCH,
			       .rights = ACCESS_READ | ACCESS_WRITE};
	struct mapping its = {.aspace = s->aspace,
			      .pool = servers[SERVER_ID_MEMORY].pool,
			      .address = server_address(s->area, SERVER_STACK_TOP),
			      .rights = ACCESS_READ};
	struct start_info *i;

	s->start_page = frame;
	frames_map(&mine, frame, 1);
	frames_map(&its, frame, 1);
	i = (void *)server_at(SCRATCH);
	start_fill(i, s);
	if (s->entry->has & HAS_ROUTES)
		map_routes(s, i);
	if (s->entry->has & HAS_RAM)
		start_fill_ram(i);
	call2(SERVER_ASPACE, ASPACE_UNMAP, SCRATCH, 1);
}

void start_again(const struct server_record *s)
{
	struct mapping mine = {.aspace = SERVER_ASPACE,
			       .pool = SERVER_POOL,
			       .address = SCRATCH,
			       .rights = ACCESS_READ | ACCESS_WRITE};

	frames_map(&mine, s->start_page, 1);
	((struct start_info *)server_at(SCRATCH))->restarts = s->deaths;
	call2(SERVER_ASPACE, ASPACE_UNMAP, SCRATCH, 1);
	start_thread(s);
}

/* --- Order --------------------------------------------------------------------------- */

void start_thread(const struct server_record *s)
{
	static struct thread_registers r; /* too large for the stack */
	s64 error;

	if (s->image.data)
		r.pc = ((const struct flat_header *)(const void *)s->image.data)->entry;
	r.x[REG_SP] = SERVER_STACK_TOP;
	r.x[REG_A0] = server_address(s->area, SERVER_STACK_TOP);
	error = call_data(s->thread, THREAD_WRITE, 0, &r, sizeof(r));
	if (error >= 0)
		error = call0(s->thread, THREAD_START);
	if (error < 0)
		root_fail("cannot start", s->entry->name, error);
}

/* What making the servers took out of their pools is given again: each begins with what its
 * manifest says. */
static void fill_pool(slot_t pool, u64 npages)
{
	struct message m = {.label = POOL_STATS};

	if (msg_call(pool, &m) >= 0 && m.word[1] < npages)
		frames_donate(pool, npages - m.word[1]);
}

static void adopt(const struct server_record *s)
{
	struct message m = {.word = {s->entry->rank, s->area},
			    .label = MEM_ADOPT,
			    .flags = MSG_SEND | MSG_RECEIVE,
			    .send = s->aspace,
			    .receive = SLOT_ANY};
	s32 error = msg_call(SERVER_TO + SERVER_ID_MEMORY, &m);

	if (error < 0)
		root_fail("memory does not adopt", s->entry->name, error);
	give_moved(s, SERVER_TO + SERVER_ID_MEMORY, m.receive);
}

void start_servers(void)
{
	const struct server_record *memory = &servers[SERVER_ID_MEMORY];
	slot_t session = root_mint(memory, SERVER_BADGE + SERVER_ID_ROOT);

	call2(SERVER_CSPACE, CSPACE_MOVE, SERVER_TO + SERVER_ID_MEMORY, session);
	for (u32 id = 0; id < SERVER_IDS; id++)
		if (servers[id].entry)
			give_all(&servers[id]);
	for (u32 id = 0; id < SERVER_IDS; id++)
		if (servers[id].entry)
			fill_pool(servers[id].pool, servers[id].entry->pool);
	fill_pool(SERVER_POOL, SPARE_PAGES);
	for (u32 id = SERVER_IDS - 1; id > 0; id--)
		if (servers[id].entry)
			give_start_page(&servers[id]);
	start_thread(memory);
	for (u32 id = SERVER_ID_MEMORY + 1; id < SERVER_IDS; id++)
		if (servers[id].entry)
			adopt(&servers[id]);
	for (u32 id = SERVER_ID_MEMORY + 1; id < SERVER_IDS; id++)
		if (servers[id].entry)
			start_thread(&servers[id]);
}
