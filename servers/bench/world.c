/*
 * What a case begins with: two homes and threads in them, made anew each time, so
 * that nothing is left from the case before.
 *
 * Nothing is given back: the machine has memory for all cases, and ends after them.
 * Threads alone are destroyed, since they would go on running.
 */
#include "ipc/abi/route.h"
#include "ipc/proto/start.h"
#include "servers/bench/bench.h"

#define POOL_PAGES_AT_START 64
#define FEED_PAGES 16
#define THREADS 4
#define STACK_BYTES 4096
#define ROUTES_AT 0x500000000ull /* where root writes a route table */

struct home {
	slot_t aspace, cspace;
};

/* Of the case that runs. */
static struct {
	struct home home[SIDES];
	slot_t endpoint, session, signalled, done, gift, never;
	slot_t thread[THREADS + CROWD_MAX];
	u32 nthreads;
	u32 nstacks;
} world;

static struct boot_range frames; /* that nobody has yet */
static slot_t ram;               /* Memory that covers them */
static u8 stacks[THREADS][STACK_BYTES] __attribute__((aligned(16)));
extern u8 image_start[], image_end[];

static void must(s64 result, const char *what)
{
	if (result >= 0)
		return;
	server_print("bench: no %s: %ld\n", what, result);
	call0(SERVER_MACHINE, MACHINE_OFF);
}

static frame_t take(u64 npages)
{
	frame_t first = frames.first;

	must(frames.npages < npages ? -ENOMEM : 0, "memory");
	frames.first += npages;
	frames.npages -= npages;
	return first;
}

frame_t world_frame(void)
{
	return take(1);
}

/* The library's way to more kernel memory; of the first thread alone, whose slots it names. */
s32 pool_feed(u64 npages)
{
	u64 word[4] = {take(npages), npages};

	return (s32)call_cap(SERVER_POOL, POOL_DONATE, ram, word);
}

static slot_t create(enum object_type type, u64 a, u64 b)
{
	s64 slot = object_create(type, a, b, 0, SLOT_NONE);

	must(slot, "object");
	return (slot_t)slot;
}

void world_init(const struct boot_info *boot)
{
	u32 i = 0;

	while (boot->free_first - boot->ram[i].first >= boot->ram[i].npages)
		i++;
	frames = (struct boot_range){boot->free_first, boot->free_npages};
	call1(SERVER_CSPACE, CSPACE_LIMIT, SERVER_FREE);
	ram = SERVER_FREE - 1;
	must(call2(SERVER_CSPACE, CSPACE_COPY, ram, ROOT_SLOT_MEMORY + i), "memory");
	must(call2(SERVER_CSPACE, CSPACE_MOVE, SERVER_MACHINE, ROOT_SLOT_MACHINE), "machine");
	must(pool_feed(POOL_PAGES_AT_START), "pool");
}

/* --- Homes ------------------------------------------------------------------------------- */

static void share_image(slot_t aspace)
{
	u64 at = (u64)image_start, end = (u64)image_end;

	while (at < end) {
		u64 word[4] = {at, (end - at) >> PAGE_SHIFT};
		s64 error = call_cap(SERVER_ASPACE, ASPACE_SHARE, aspace, word);
		if (error == -ENOMEM)
			error = pool_feed(FEED_PAGES) < 0 ? error : (s64)at;
		must(error, "image in a home");
		at = (u64)error;
	}
}

static void give(const struct home *h, slot_t there, slot_t own)
{
	s64 error = call2(h->cspace, CSPACE_COPY, there, own);

	if (error == -ENOMEM && pool_feed(FEED_PAGES) >= 0)
		error = call2(h->cspace, CSPACE_COPY, there, own);
	must(error, "capability in a home");
}

static void make_home(struct home *h)
{
	h->aspace = create(OBJECT_ASPACE, 0, 0);
	share_image(h->aspace);
	h->cspace = create(OBJECT_CSPACE, 0, 0);
	call1(h->cspace, CSPACE_LIMIT, SERVER_FREE);
	give(h, SERVER_CSPACE, h->cspace);
	give(h, SERVER_ASPACE, h->aspace);
	give(h, SERVER_POOL, SERVER_POOL);
	give(h, SLOT_SIGNALLED, world.signalled);
	give(h, SLOT_DONE, world.done);
	give(h, SLOT_NEVER, world.never);
	give(h, SLOT_MEMORY, ram);
}

void world_make(void)
{
	slot_t session;

	world.endpoint = create(OBJECT_ENDPOINT, 1, 0);
	must(call_receive(world.endpoint, ENDPOINT_MINT, (const u64[4]){7}, &session), "session");
	world.session = session;
	world.signalled = create(OBJECT_NOTIFICATION, 0, 0);
	world.done = create(OBJECT_NOTIFICATION, 0, 0);
	world.gift = create(OBJECT_NOTIFICATION, 0, 0);
	world.never = create(OBJECT_NOTIFICATION, 0, 0);
	make_home(&world.home[CLIENT]);
	make_home(&world.home[SERVER]);
	give(&world.home[CLIENT], SLOT_SESSION, world.session);
	give(&world.home[CLIENT], SLOT_GIFT, world.gift);
	give(&world.home[SERVER], SERVER_ENDPOINT, world.endpoint);
}

void world_route(void)
{
	struct route *routes = (void *)ROUTES_AT;
	u64 first = take(ROUTE_FRAMES);
	u64 map[4] = {ROUTES_AT, first, ROUTE_FRAMES, ACCESS_READ | ACCESS_WRITE};

	while (call_cap(SERVER_ASPACE, ASPACE_MAP, ram, map) == -ENOMEM)
		must(pool_feed(FEED_PAGES), "pool");
	for (u32 i = 0; i < ROUTES; i++)
		routes[i] = (struct route){.kind = ROUTE_FIXED, .slot = 0};
	must(call_cap(world.home[CLIENT].cspace, CSPACE_ROUTES, ram, (const u64[4]){first}),
	     "routes");
	give(&world.home[CLIENT], SLOT_FIXED, world.session);
	call2(SERVER_ASPACE, ASPACE_UNMAP, ROUTES_AT, ROUTE_FRAMES);
}

/* --- Threads ------------------------------------------------------------------------------ */

static void start(slot_t thread, void (*fn)(void), u64 stack)
{
	static struct thread_registers r; /* too large for the stack */

	memset(&r, 0, sizeof(r));
	r.pc = (u64)fn;
	r.x[REG_SP] = stack;
	must(call_data(thread, THREAD_WRITE, 0, &r, sizeof(r)), "registers");
	must(call0(thread, THREAD_START), "start");
}

static slot_t make_thread(enum side home, enum bench_priority priority, slot_t pager)
{
	slot_t thread = create(OBJECT_THREAD, 0, 0);
	struct message m = {.word = {priority, 0, world.home[home].aspace, world.home[home].cspace,
				     pager, SLOT_NONE},
			    .label = THREAD_CONFIGURE};

	must(msg_call(thread, &m), "thread");
	world.thread[world.nthreads++] = thread;
	return thread;
}

static u64 stack_take(void)
{
	return (u64)stacks[world.nstacks++] + STACK_BYTES;
}

void world_thread(enum side home, enum bench_priority priority, void (*fn)(void))
{
	start(make_thread(home, priority, SLOT_NONE), fn, stack_take());
}

void world_faulter(void (*fn)(void))
{
	start(make_thread(CLIENT, PRIORITY_WORKER, world.session), fn, stack_take());
}

void world_crowd(u32 n)
{
	slot_t endpoint = create(OBJECT_ENDPOINT, 1, 0), session;

	must(call_receive(endpoint, ENDPOINT_MINT, (const u64[4]){8}, &session), "session");
	give(&world.home[CLIENT], SLOT_NOBODY, session);
	for (u32 i = 0; i < n; i++)
		start(make_thread(CLIENT, PRIORITY_WAITER, SLOT_NONE), join_crowd, 0);
	if (pool_free_pages() < FEED_PAGES) /* a home cannot feed it */
		must(pool_feed(FEED_PAGES), "pool");
}

void world_wait(void)
{
	struct receive r = {.endpoint = world.done, .reply = SLOT_NONE, .cap = SLOT_NONE};
	struct delivery d;

	msg_recv(&r, &d);
}

void world_end(void)
{
	world.nstacks = 0;
	while (world.nthreads > 0)
		must(object_reclaim(world.thread[--world.nthreads]), "end of a thread");
}
