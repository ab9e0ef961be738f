/*
 * What the CPU side calls.  Each is entered with interrupts off on the hart's
 * kernel stack and returns; then the CPU side resumes trap_finish()'s thread.
 * `t` is the thread that ran; its registers are in t->frame, pc at the trapping
 * instruction (trap_call advances it).
 */
#pragma once

#include "arch_types.h"
#include "ipc/abi/message.h"

struct invocation;
struct notification;
struct reply;
struct slot;
struct thread;

void trap_call(struct thread *t); /* ecall */
/* For a call of an object that the kernel answers (kernel/method.h): what the method returns; and,
 * if that or something else keeps the caller from going on with v->out, who runs next. */
err_t trap_method(struct invocation *v);
struct thread *trap_method_end(const struct invocation *v, err_t err);
/* Reply (alone) and recv, where only what these do not keep is in the frame, and pc is behind it:
 * who runs next, as trap_finish. */
struct thread *trap_reply(struct thread *t);
struct thread *trap_recv(struct thread *t);
/* t has signalled bits to a notification at which a thread of higher priority waits, and nothing
 * keeps that from running: it does, with these bits; its frame is as its recv left it. */
struct woken {
	struct thread *thread;
	u64 bits;
};
struct woken trap_wake(struct thread *t, struct notification *n, u64 bits);
/* yield, with pc behind it. */
struct thread *trap_yield(struct thread *t);
/* For the fast path: what the server's reply does to its caller (bytes or a capability to a
 * routed call, a capability to a native one, pages to a fault; the parameters are in the server's
 * frame): 0 or the capability's slot; bytes of a routed call's first in window into the receiver's
 * buffer: how many.  Negative: the slow path is to do it from the beginning. */
s64 trap_reply_action(struct thread *server, struct reply *reply);
/* len bytes from the first window of one routed call to that of another: all of them? */
bool trap_pass(struct thread *to, struct thread *from, u64 len);
/* The capability of a native call goes to the receiver: its slot there, -1: none is sent; -2. */
s64 trap_send(struct thread *caller, struct thread *receiver);
s64 trap_copy_in(struct thread *caller, struct thread *receiver);
/* A page fault from user mode: cause FAULT_READ, FAULT_WRITE or FAULT_EXEC. */
void trap_page_fault(struct thread *t, enum fault_cause cause, u64 address);
/* Any other exception; FAULT_ILLEGAL with the FPU off is tried as a first use of it. */
void trap_exception(struct thread *t, enum fault_cause cause, u64 address);
void trap_timer(void);
void trap_interrupt(u32 source);
/* Decides who runs next; waits for interrupts while nobody can. */
struct thread *trap_finish(void);
/* The same after a recv that found nothing. */
struct thread *trap_waits(void);
/* A fast reply goes on with c, which is not the one for whom the hart worked: as if C ran it. */
void trap_reply_pays(struct thread *c);
/* Debug builds: after every fast path; hart.current is the thread that goes on. */
void trap_fast_done(void);
/* A trap from the kernel itself: prints f and the CPU's own words, and powers off. */
__attribute__((noreturn)) void trap_in_kernel(const struct trap_frame *f, u64 cause, u64 value);
/* Called once by the CPU side with the MMU on and the direct map made. */
__attribute__((noreturn)) void kernel_main(paddr_t device_tree, u64 hart);
