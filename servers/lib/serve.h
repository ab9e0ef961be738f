/*
 * reply_recv in the loop of a server.  The kernel keeps only sp, gp and tp across it; a
 * function would save all registers that its caller may use, but the loop has nothing in
 * them worth saving, and says so.
 */
#pragma once

#include "servers/lib/call.h"

static inline void msg_serve_inline(slot_t reply, const struct answer *a, const struct receive *r,
				    struct delivery *d)
{
	register u64 a0 __asm__("a0") = reply;
	register const struct answer *a1 __asm__("a1") = a;
	register const struct receive *a2 __asm__("a2") = r;
	register struct delivery *a3 __asm__("a3") = d;

	__asm__ volatile("jal	ra, msg_serve"
			 : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3)
			 :
			 : "ra", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a4", "a5", "a6", "a7",
			   "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11",
			   "memory");
}
