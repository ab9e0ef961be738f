/*
 * What a case begins with.  Nothing is given back: the machine has memory for all cases, and ends
 * after them.
 */
#include "ipc/proto/start.h"
#include "servers/paths/paths.h"

#define POOL_PAGES 96
#define OWN_PAGES 512
#define STACK_BYTES 4096
#define AT 0x500000000ull /* where frames are written */
#define DIRECTOR 5        /* its priority */
#define WORKER 20
#define RANK 10
#define SECOND_RANK 5

struct the_case the;
u8 client_memory[3][PAGE_SIZE] __attribute__((aligned(4096)));
u8 server_memory[2][PAGE_SIZE] __attribute__((aligned(4096)));

static u8 stacks[SIDES + 1][STACK_BYTES] __attribute__((aligned(16)));
static struct boot_range frames; /* that nobody has yet */
static slot_t ram;               /* Memory that covers them */
static slot_t timer, rings;
static struct {
	slot_t pool, aspace[SIDES], cspace[SIDES], thread[SIDES];
	slot_t session, second_session;
} world;
extern u8 image_start[], image_end[];

static s64 must(s64 result, const char *what)
{
	if (result >= 0)
		return result;
	server_print("paths: no %s: %ld\n", what, result);
	call0(ROOT_SLOT_MACHINE, MACHINE_OFF);
	return result;
}

static u64 take(u64 npages)
{
	u64 first = frames.first;

	must(frames.npages < npages ? -ENOMEM : 0, "memory");
	frames.first += npages;
	frames.npages -= npages;
	return first;
}

static void donate(slot_t pool, u64 npages)
{
	u64 word[4] = {take(npages), npages};

	must(call_cap(pool, POOL_DONATE, ram, word), "pool");
}

s32 pool_feed(u64 npages)
{
	(void)npages;
	return -ENOMEM;
}

static slot_t create(enum object_type type, u64 a, u64 b, u64 c)
{
	slot_t slot;

	must(call_receive(world.pool, POOL_CREATE, (const u64[4]){type, a, b, c}, &slot), "object");
	return slot;
}

/* --- The director ----------------------------------------------------------------------- */

static void write_registers(slot_t thread, void (*fn)(void), u64 stack)
{
	static struct thread_registers r; /* too large for the stack */

	memset(&r, 0, sizeof(r));
	r.pc = (u64)fn;
	for (u32 i = 0; i < 31; i++)
		r.x[i] = 0x5000 + i;
	r.x[REG_SP] = stack;
	must(call_data(thread, THREAD_WRITE, 0, &r, sizeof(r)), "registers");
}

static slot_t make_thread(u64 priority, slot_t aspace, slot_t cspace, slot_t pager, slot_t handler)
{
	slot_t thread = create(OBJECT_THREAD, 0, 0, 0);
	struct message m = {.word = {priority, 0x7a6, aspace, cspace, pager, handler},
			    .label = THREAD_CONFIGURE};

	must(msg_call(thread, &m), "thread");
	return thread;
}

void world_init(const struct boot_info *boot)
{
	u32 i = 0;

	while (boot->free_first - boot->ram[i].first >= boot->ram[i].npages)
		i++;
	frames = (struct boot_range){boot->free_first, boot->free_npages};
	call1(ROOT_SLOT_CSPACE, CSPACE_LIMIT, SLOT_OF_ASPACE + 2 * SIDES);
	ram = ROOT_SLOT_MEMORY + i;
	must(call2(ROOT_SLOT_CSPACE, CSPACE_COPY, SLOT_MACHINE, ROOT_SLOT_MACHINE), "machine");
	donate(ROOT_SLOT_POOL, OWN_PAGES);
	world.pool = ROOT_SLOT_POOL;
	rings = create(OBJECT_NOTIFICATION, 0, 0, 0);
}

void world_director(void (*fn)(void))
{
	struct message m = {.word = {OBJECT_TIMER, 1},
			    .label = POOL_CREATE,
			    .flags = MSG_SEND | MSG_RECEIVE,
			    .send = rings,
			    .receive = SLOT_ANY};
	struct receive never = {.reply = SLOT_NONE, .cap = SLOT_NONE};
	struct delivery d;
	slot_t thread;

	must(msg_call(ROOT_SLOT_POOL, &m), "timer");
	timer = m.receive;
	never.endpoint = create(OBJECT_NOTIFICATION, 0, 0, 0);
	thread = make_thread(DIRECTOR, ROOT_SLOT_ASPACE, ROOT_SLOT_CSPACE, SLOT_NONE, SLOT_NONE);
	write_registers(thread, fn, (u64)stacks[SIDES] + STACK_BYTES);
	must(call0(thread, THREAD_START), "director");
	for (;;)
		msg_recv(&never, &d);
}

/* --- Homes ------------------------------------------------------------------------------ */

static void share_image(slot_t aspace)
{
	u64 at = (u64)image_start, end = (u64)image_end;

	while (at < end) {
		u64 word[4] = {at, (end - at) >> PAGE_SHIFT};

		at = (u64)must(call_cap(ROOT_SLOT_ASPACE, ASPACE_SHARE, aspace, word), "image");
	}
}

static void give(slot_t cspace, slot_t there, slot_t own)
{
	must(call2(cspace, CSPACE_COPY, there, own), "capability in a home");
}

static slot_t mint(slot_t endpoint, u64 badge)
{
	slot_t session;

	must(call_receive(endpoint, ENDPOINT_MINT, (const u64[4]){badge}, &session), "session");
	return session;
}

static void fill_frame(u64 address, u64 first, u64 npages)
{
	u64 map[4] = {address, first, npages, ACCESS_READ | ACCESS_WRITE};

	must(call_cap(ROOT_SLOT_ASPACE, ASPACE_MAP, ram, map), "mapping");
}

static void make_routes(void)
{
	struct route *routes = (void *)AT;
	u64 first = take(ROUTE_FRAMES);

	fill_frame(AT, first, ROUTE_FRAMES);
	memset(routes, 0, ROUTE_FRAMES * PAGE_SIZE);
	routes[NUMBER] = the.route;
	routes[NUMBER + 1] = the.next_route;
	must(call_cap(world.cspace[CLIENT], CSPACE_ROUTES, ram, (const u64[4]){first}), "routes");
	if (the.next_route.kind)
		must(call_cap(world.cspace[OTHER], CSPACE_ROUTES, ram, (const u64[4]){first}),
		     "the other's routes");
	call2(ROOT_SLOT_ASPACE, ASPACE_UNMAP, AT, ROUTE_FRAMES);
}

static void make_frame(void)
{
	the.frame = take(1);
	fill_frame(AT, the.frame, 1);
	memset((void *)AT, 0, PAGE_SIZE);
	*(u16 *)AT = 0x8082; /* ret */
	call2(ROOT_SLOT_ASPACE, ASPACE_UNMAP, AT, 1);
}

static void common(slot_t slot, slot_t own)
{
	for (u32 i = 0; i < SIDES; i++)
		give(world.cspace[i], slot, own);
}

static void make_spaces(void)
{
	for (u32 i = 0; i < SIDES; i++) {
		world.aspace[i] = create(OBJECT_ASPACE, 0, 0, 0);
		share_image(world.aspace[i]);
		world.cspace[i] = create(OBJECT_CSPACE, 0, 0, 0);
		call1(world.cspace[i], CSPACE_LIMIT, LIMIT);
	}
	for (u32 i = 0; i < SIDES; i++) {
		common(SLOT_OF_ASPACE + i, world.aspace[i]);
		common(SLOT_OF_CSPACE + i, world.cspace[i]);
	}
	if (the.hole)
		call2(world.aspace[CLIENT], ASPACE_UNMAP, (u64)client_memory[1], 1);
}

static void make_objects(slot_t *note)
{
	slot_t endpoint = create(OBJECT_ENDPOINT, RANK, !the.untrusted, 0);
	slot_t second = create(OBJECT_ENDPOINT, SECOND_RANK, 1, 0),
	       spare = mint(endpoint, SPARE_BADGE);

	world.session = mint(endpoint, BADGE);
	world.second_session = mint(second, BADGE + 1);
	*note = create(OBJECT_NOTIFICATION, 0, 0, 0);
	common(SLOT_ENDPOINT, endpoint);
	common(SLOT_SECOND_ENDPOINT, second);
	common(SLOT_SECOND_SESSION, world.second_session);
	common(SLOT_NOTE, *note);
	common(SLOT_GIFT, create(OBJECT_NOTIFICATION, 0, 0, 0));
	for (u32 i = 0; i < SIDES; i++)
		give(world.cspace[i], SLOT_NEVER, create(OBJECT_NOTIFICATION, 0, 0, 0));
	common(SLOT_SHOUT, create(OBJECT_NOTIFICATION, 0, 0, 0));
	common(SLOT_MACHINE, SLOT_MACHINE);
	common(SLOT_POOL, world.pool);
	common(SLOT_MEMORY, ram);
	give(world.cspace[SERVER], SLOT_SPARE, spare);
	if (the.next_route.kind)
		give(world.cspace[OTHER], FIXED, the.other_fixed ? world.session : spare);
	call1(ROOT_SLOT_CSPACE, CSPACE_DELETE, spare);
	give(world.cspace[CLIENT], SLOT_SESSION, world.session);
	give(world.cspace[CLIENT], FIXED + 1, world.second_session);
	give(world.cspace[CLIENT], NOT_A_SESSION, *note);
	if (the.only_one)
		return;
	give(world.cspace[CLIENT], FIXED, world.session);
	give(world.cspace[CLIENT], DESCRIPTOR, world.session);
	give(world.cspace[SERVER], SLOT_SESSION, world.session);
	give(world.cspace[OTHER], SLOT_SESSION, world.session);
}

static void prepare_memory(void)
{
	u8 *memory = (u8 *)client_memory;

	for (u32 i = 0; i < sizeof(client_memory); i++)
		memory[i] = (u8)(i * 7 + 1) | 1;
	memset(server_memory, 0, sizeof(server_memory));
}

void world_make(void)
{
	slot_t note;

	world.pool = ROOT_SLOT_POOL;
	world.pool = create(OBJECT_POOL, ~1ull & ((1u << OBJECT_TYPES) - 1), 63, ENDPOINT_TRUSTED);
	donate(world.pool, POOL_PAGES);
	make_spaces();
	make_objects(&note);
	for (u32 i = 0; i < SIDES; i++) {
		bool faults = i == CLIENT;

		world.thread[i] =
			make_thread(the.priority[i], world.aspace[i], world.cspace[i],
				    faults && the.paged ? world.session : SLOT_NONE,
				    faults && the.handled ? world.second_session : SLOT_NONE);
		if (the.run[i])
			write_registers(world.thread[i], the.run[i], (u64)stacks[i] + STACK_BYTES);
		common(SLOT_OF_THREAD + i, world.thread[i]);
	}
	must(call_cap(note, NOTIFICATION_BIND, world.thread[SERVER], 0), "bound notification");
	if (the.routed)
		make_routes();
	make_frame();
	if (the.only_one)
		call1(ROOT_SLOT_CSPACE, CSPACE_DELETE, world.session);
}

/* --- Running ---------------------------------------------------------------------------- */

/* Nothing runs for a moment: a new slice, which is longer than any case. */
static void idle(void)
{
	struct receive r = {.endpoint = rings, .reply = SLOT_NONE, .cap = SLOT_NONE};
	struct delivery d;

	must(call1(timer, TIMER_ARM, time_now() + 1000), "timer");
	msg_recv(&r, &d);
}

void world_start(void)
{
	prepare_memory();
	idle();
	for (u32 i = 0; i < SIDES; i++)
		if (the.run[the.order[i]])
			must(call0(world.thread[the.order[i]], THREAD_START), "start");
}

/* Threads and tables, of which every check looks at all; the rest stays. */
void world_end(void)
{
	for (u32 i = 0; i < SIDES; i++)
		call_cap(world.pool, POOL_RECLAIM, world.thread[i], 0);
	for (u32 i = 0; i < SIDES; i++)
		call_cap(world.pool, POOL_RECLAIM, world.cspace[i], 0);
}

void world_default(void)
{
	memset(&the, 0, sizeof(the));
	fill(&the.call, 0xc1);
	fill(&the.receive, 0x5e);
	fill(&the.answer, 0xa5);
	the.call.x[A7] = (u64)OP_CALL;
	the.call.x[A6] = SLOT_SESSION;
	the.call.x[T0] = 5;
	the.call.x[T2] = 0;
	the.receive.x[A7] = (u64)OP_RECV;
	the.answer.x[A7] = (u64)OP_REPLY_RECV;
	the.receive.x[A6] = the.answer.x[A6] = SLOT_ENDPOINT;
	the.receive.x[T0] = 0;
	the.answer.x[T0] = 9;
	the.answer.x[T1] = SLOT_REPLY;
	the.receive.x[T2] = the.answer.x[T2] = SLOT_REPLY;
	the.receive.x[T4] = the.answer.x[T4] = 0;
	the.how = exchange_ecall;
	the.calls = 1;
	for (u32 i = 0; i < SIDES; i++)
		the.priority[i] = WORKER;
	the.run[CLIENT] = client_run;
	the.run[SERVER] = server_run_case;
	the.order[0] = SERVER;
	the.order[1] = OTHER;
	the.order[2] = CLIENT;
	the.route = (struct route){.kind = ROUTE_FIXED, .slot = 0};
}
