/*
 * The message half of the benchmark: it takes root's place in a boot archive of
 * its own (scripts/bench), so that nothing else runs on the machine.
 *
 * The first thread, at root's priority, makes for each case two homes (an address
 * space and a capability space each), puts threads into them and waits.  A home sees
 * the whole image, data included, at the same addresses: results come back in plain
 * variables.  Stacks are parts of the data, one for each thread of a case.
 */
#pragma once

/* Slots of a home, besides SERVER_CSPACE, SERVER_POOL and SERVER_ENDPOINT; loops.S has them as
 * numbers. */
#define SLOT_SESSION 10 /* to the endpoint */
#define SLOT_REPLY 11   /* made by the thread that serves */
#define SLOT_SIGNALLED 12
#define SLOT_DONE 13   /* signalled when there are results */
#define SLOT_GIFT 14   /* moved to and fro */
#define SLOT_NEVER 15  /* a notification that nobody signals */
#define SLOT_MEMORY 16 /* the RAM that frames for mappings come from */
#define SLOT_NOBODY 17 /* a session to an endpoint where nobody receives */
#define ROUTED_NUMBER 172

/* What the loops know of the contract, in numbers that the assembler takes; main.c asserts them. */
#define LOOP_CALL (-2048)
#define LOOP_RECV (-2046)
#define LOOP_REPLY_RECV (-2045)
#define LOOP_YIELD (-2044)
#define LOOP_SEND 1
#define LOOP_RECEIVE 4
#define LOOP_COPY 8
#define LOOP_SEND_MOVE_RECEIVE 7
#define LOOP_NOTIFICATION_SIGNAL 0x801
#define LOOP_CSPACE_IDENTIFY 0x406
#define LOOP_ASPACE_MAP 0x301
#define LOOP_ASPACE_UNMAP 0x302
#define LOOP_CSPACE 1
#define LOOP_ASPACE 2
#define LOOP_ENDPOINT 5
#define LOOP_BYTES 512 /* seL4's 64 words */
#define LOOP_BYTES_SHIFT 9

#ifndef __ASSEMBLER__
#include "servers/lib/server.h"

#define BATCHES 15
#define BATCH 1000u

#define CROWD_MAX 1000u

enum bench_priority { PRIORITY_IDLER = 10, PRIORITY_WORKER = 20, PRIORITY_WAITER = 21 };
enum side { CLIENT, SERVER, SIDES };

/* --- world.c: what a case begins with -------------------------------------------------------- */

void world_init(const struct boot_info *boot);
/* Two new homes, with a new endpoint, session, notifications and gift between them. */
void world_make(void);
/* Starts a thread in a home at fn, which never returns. */
void world_thread(enum side home, enum bench_priority priority, void (*fn)(void));
/* A thread that starts in SERVER's home and whose faults go to the endpoint. */
void world_faulter(void (*fn)(void));
/* n threads that wait for ever, in the queue of an endpoint of their own. */
void world_crowd(u32 n);
/* Every number of the CLIENT's routes goes to the session. */
void world_route(void);
void world_wait(void); /* until somebody signals SLOT_DONE */
void world_end(void);  /* all threads of the case */
frame_t world_frame(void);

/* --- measure.c: in the thread that measures --------------------------------------------------- */

/* Runs `loop` in batches of BATCH, keeps what each cost, signals SLOT_DONE, waits for ever. */
void measure(void (*loop)(u64 n)) __attribute__((noreturn));
/* The same for a loop that knows itself what its part cost. */
void measure_part(u64 (*loop)(u64 n)) __attribute__((noreturn));
/* What is measured does not do what it should: there is no figure.  Called before measure(). */
void measure_check(bool works);
/* Median, minimum and maximum of the last case, divided by `per`, less `less`. */
void measure_print(const char *name, const char *unit, u64 per, u64 less);

/* --- loops.S: the stubs that are counted ------------------------------------------------------ */

void call_loop(u64 n);
void call_bytes_loop(u64 n);
void call_gift_loop(u64 n);
void routed_loop(u64 n);
void signal_loop(u64 n);
void yield_loop(u64 n);
void identify_loop(u64 n);
void map_loop(u64 n);
u64 wake_loop(u64 n);
void fault_loop(u64 n); /* answers n faults; begins with a recv */
void serve_words(void) __attribute__((noreturn));
void serve_bytes(void) __attribute__((noreturn));
void serve_gift(void) __attribute__((noreturn));
void wait_signals(void) __attribute__((noreturn));
void yield_for_ever(void) __attribute__((noreturn));
void spin(void) __attribute__((noreturn));
void join_crowd(void) __attribute__((noreturn)); /* needs no stack */
void fault_for_ever(void) __attribute__((noreturn));
extern u8 call_buffer[], serve_buffer[];
extern u64 map_words[2]; /* of map_loop: address and frame */

#endif
