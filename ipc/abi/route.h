/*
 * The route table: where a foreign (Linux) system call goes.
 *
 * ROUTE_FRAMES contiguous frames hold ROUTES entries, indexed by the number in
 * a7.  The process server writes it; the kernel reads it at each call and trusts no field: an
 * unknown kind acts as none, of an argument's number three bits count (a0 .. a7), of a fixed
 * slot's five.  All-zero is "no route": ENOSYS.
 */
#pragma once

#include "ipc/abi/types.h"

#define ROUTES 512u
#define ROUTE_FRAMES 4u
#define ROUTE_O_CLOEXEC 0x80000u /* asm-generic/fcntl.h; the same bit in pipe2, dup3, ... */

enum route_kind {
	ROUTE_NONE,
	ROUTE_FIXED,      /* to fixed slot `slot` */
	ROUTE_DESCRIPTOR, /* to the descriptor in argument `arg` (low 32 bits); EBADF if none */
	ROUTE_DESCRIPTOR_OR_FIXED, /* the same, or fixed slot `slot` where it names no session */
	ROUTE_CLOSE,               /* the kernel's own: delete descriptor argument 0 */
	ROUTE_DUP,                 /* dup(argument 0) */
	ROUTE_DUP3, /* dup3(argument 0, 1, flags 2): flags 0 or O_CLOEXEC (0x80000) */
	ROUTE_YIELD,
	ROUTE_SET_CLOEXEC,   /* FIOCLEX on argument 0 */
	ROUTE_CLEAR_CLOEXEC, /* FIONCLEX on argument 0 */
	ROUTE_DESCRIPTOR_AT, /* to the descriptor whose number (32 bits) lies where argument `arg`
	                        points, or to fixed slot `slot` where that names no session */
	ROUTE_KINDS
};

enum route_flag {
	ROUTE_NEEDS_DESCRIPTOR = 1, /* none free: EMFILE before anything happens */
	ROUTE_REPEATS = 2,          /* executed twice is as good as once: requeue may repeat it */
	ROUTE_MAY_TAKE = 4,         /* REPLY_TAKE is allowed */
	ROUTE_CAP_FIXED = 8,        /* a capability in the reply replaces fixed slot `cap_arg`
	                               (result 0); else it goes to the lowest free descriptor */
	ROUTE_HAS_TEST = 16,        /* the test below is valid */
};

enum window_kind {
	WINDOW_NONE,
	WINDOW_BUFFER, /* address in argument `arg`, length in argument `len_arg` */
	WINDOW_CONST,  /* address in argument `arg`, `len` bytes */
	WINDOW_STRING, /* address in argument `arg`, up to its NUL, at most 4096 bytes */
	WINDOW_IOVEC, /* argument `arg` points to struct iovec, argument `len_arg` many (<= 1024) */
	WINDOW_ARRAY, /* address in argument `arg`, `len` bytes times argument `len_arg` */
	WINDOW_KINDS
};

#define WINDOW_STRING_MAX 4096u /* bytes */

struct window_spec {
	u8 kind;   /* enum window_kind */
	u8 access; /* enum access: READ = in (from the caller), WRITE = out, or both */
	u8 arg;
	u8 len_arg;
	u32 len;
};

/*
 * With ROUTE_HAS_TEST: if ((argument test_arg & test_mask) == test_value), kind
 * and slot are alt_kind and alt_slot; the rest stays.
 */
struct route {
	u8 kind;    /* enum route_kind */
	u8 slot;    /* fixed slot index */
	u8 flags;   /* enum route_flag */
	u8 cap_arg; /* ROUTE_CAP_FIXED: fixed slot that a capability in the reply replaces;
	               else: it gets SLOT_CLOEXEC if this argument (0 .. 5) has O_CLOEXEC */
	u8 alt_kind;
	u8 alt_slot;
	u8 arg; /* descriptor's argument */
	u8 test_arg;
	u32 test_mask;
	u32 test_value;
	struct window_spec window[2];
};
_Static_assert(sizeof(struct route) == 32, "layout");
