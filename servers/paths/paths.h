/*
 * Every message case, for the comparison of the fast path with the slow one: a program in root's
 * place, booted twice, once as it comes once held to the slow path ("slow" on the command line).
 * What both boots print must be the same (tests/machine/paths_test.py).
 *
 * A case is a world made anew, from a pool of its own: CLIENT, SERVER and OTHER, each a thread in a
 * home (address space, capability space).  A home sees the whole image at the same addresses, so
 * cases say in plain variables (`the`) what is to happen.  After each operation its thread
 * notes all of its registers, the memory of the case, and what the kernel tells of all objects.
 *
 * The director, at the lowest priority, makes worlds and prints: it runs when all others wait.
 */
#pragma once

/* Slots of every home; descriptors are below LIMIT. */
#define LIMIT 64
#define SLOT_SESSION 100 /* to ENDPOINT, badge BADGE */
#define SLOT_ENDPOINT 101
#define SLOT_SECOND_SESSION 102 /* to SECOND_ENDPOINT */
#define SLOT_SECOND_ENDPOINT 103
#define SLOT_REPLY 104 /* made by the thread that serves, as SLOT_SECOND_REPLY */
#define SLOT_SECOND_REPLY 105
#define SLOT_NOTE 106 /* a notification, bound to the server's thread */
#define SLOT_GIFT 107 /* a notification */
#define SLOT_NEVER 108
#define SLOT_MACHINE SERVER_MACHINE
#define SLOT_POOL 110
#define SLOT_MEMORY 111
#define SLOT_EMPTY 112
#define SLOT_SPARE 113         /* a session to ENDPOINT that nobody uses, badge SPARE_BADGE */
#define SLOT_SHOUT 114         /* a notification that nobody is bound to */
#define SLOT_OF_THREAD 116     /* + enum side */
#define SLOT_OF_CSPACE 120     /* + enum side */
#define SLOT_OF_ASPACE 124     /* + enum side */
#define FIXED 8192             /* fixed slot 0: a copy of SLOT_SESSION; 1: of SECOND_SESSION */
#define DESCRIPTOR 3           /* a copy of SLOT_SESSION */
#define NOT_A_SESSION 4        /* the notification */
#define NUMBER 172             /* the routed call */
#define NOWHERE 0x2000000000ul /* nothing is mapped there */

#ifndef __ASSEMBLER__
#include "ipc/abi/route.h"
#include "servers/lib/method.h"
#include "servers/lib/server.h"

#define BADGE 0x1234567890ull
#define SPARE_BADGE 0x77ull

enum side { CLIENT, SERVER, OTHER, SIDES };

/* Indices into exchange.x: the registers by number. */
enum {
	RA = 1,
	SP,
	GP,
	TP,
	T0,
	T1,
	T2,
	S0,
	S1,
	A0,
	A1,
	A2,
	A3,
	A4,
	A5,
	A6,
	A7,
	S2,
	T3 = 28,
	T4,
	T5,
	T6
};

/* exchange.S: all registers before and after one instruction.  x[SP] is the block itself. */
struct exchange {
	u64 x[32];
	u64 saved[15];
};
typedef void exchange_fn(struct exchange *x);
exchange_fn exchange_ecall, exchange_load, exchange_store, exchange_fetch;
void float_use(u64 value);

/* What the case that runs is: defaults by world_default, changed by its setup. */
struct the_case {
	struct exchange call, receive, answer;
	exchange_fn *how; /* the client's instruction */
	u32 calls;        /* of the client */
	u8 priority[SIDES];
	void (*run[SIDES])(void); /* 0: not started by the director */
	enum side order[SIDES];
	void (*before_call)(void);
	void (*before_answer)(u32 n); /* of the n'th message, in the server */
	void (*after_call)(void);
	struct route route;      /* of NUMBER, if routed */
	struct route next_route; /* of NUMBER + 1, in OTHER's table too, if it is one */
	bool cold; /* without a first call, after which the Reply is known to the endpoint */
	bool routed;
	bool paged, handled; /* the client's faults: pager ENDPOINT, handler SECOND_ENDPOINT */
	bool only_one;       /* nobody else names the client's session */
	bool untrusted;
	bool other_fixed; /* OTHER's fixed slot 0: the client's session, not a copy of SLOT_SPARE */
	bool hole;        /* the client's second page is not mapped */
	u64 frame;        /* RAM that nobody uses; begins with a return instruction */
};
extern struct the_case the;
extern u8 client_memory[3][PAGE_SIZE], server_memory[2][PAGE_SIZE];
extern struct exchange exchanges[SIDES];

struct test_case {
	const char *name;
	u32 fast; /* entries that the fast path answers alone, where it is allowed to */
	void (*setup)(void);
};
extern const struct test_case native_cases[], routed_cases[], fault_cases[], death_cases[],
	capability_cases[], window_cases[], delivery_cases[], seen_cases[], method_cases[],
	turn_cases[], given_cases[], second_cases[], pass_cases[], text_cases[];

/* A call by the route of NUMBER, to its fixed slot or to a descriptor. */
void case_routed(void);
void case_descriptor(void);
void case_result_negative(void);
/* CLIENT writes by the route of NUMBER, OTHER reads by the next one, and one reply answers both:
 * the second by that number; or so many bytes are passed from CLIENT to OTHER. */
void case_two(u64 number);
void case_passes(u64 n);
extern struct exchange the_reads; /* OTHER's call */
extern u32 the_flags; /* of the reply, beside MSG_ALSO; MSG_PASS as for the first round */
#define FLAG_BACKWARDS (1u << 31) /* the other way */
void fill_table(void);            /* no descriptor of the client's is free */

/* --- world.c ---------------------------------------------------------------------------- */
void world_init(const struct boot_info *boot);
void world_default(void);
void world_make(void);
void world_start(void); /* returns when all wait */
void world_end(void);
/* Another thread for the first one; the latter never runs again. */
void world_director(void (*fn)(void)) __attribute__((noreturn));

/* --- steps.c: in the threads of a case -------------------------------------------------- */
void fill(struct exchange *x, u64 pattern);
/* One operation of that side, noted. */
void step(enum side side, const struct exchange *what, exchange_fn *how);
void step_call(enum side side, const struct exchange *what); /* the same, an ecall */
/* A native call of `slot` with these words, noted. */
void step_native(enum side side, slot_t slot, s32 label, u64 word);
void park(void) __attribute__((noreturn));
void make_reply(slot_t slot);
s64 on(slot_t slot, enum method label, u64 a, u64 b); /* a method, not noted */
s64 sending(slot_t slot, enum method label, slot_t sent, u64 a);
void steps_print(const char *name, bool wanted);
extern bool steps_aloud;
/* The usual threads. */
void client_run(void);
void server_run_case(void);
void other_serves(void); /* at SECOND_ENDPOINT */
void other_calls(void);  /* as the client does */
void other_spins(void);  /* for a while */
#endif
