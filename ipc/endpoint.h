/*
 * Endpoints, sessions, Replies and notifications: the objects of the message path.
 *
 *   E1: a thread is in `senders` iff it is SENDING and its queue is this endpoint
 *   E2: receiver is RECEIVING on this endpoint, or 0
 *   E3: a Reply is in `replies` since it was received here first, until it is received at
 *       another endpoint, or this one's restart or end; if it is not IDLE, it is
 *   E4: armed Replies are IDLE, in `replies`, and named in their receiver's recv
 *   R1: a BOUND Reply's caller is WAITING and names it; IDLE has no caller; DEAD neither
 *   R2: a notice is queued at most once, at the endpoint that its Reply or session names
 *   N1: a notification's waiter is RECEIVING
 */
#pragma once

#include "ipc/abi/message.h"
#include "kernel/list.h"
#include "kernel/object.h"
#include "kernel/thread.h"

/* A message that needs no memory: it lies in the object that it is about. */
struct notice {
	struct notice *next;
	u8 kind; /* KIND_INTERRUPTED, KIND_ABANDONED or KIND_CLOSED; 0: not queued */
};

struct endpoint {
	struct object object;
	u8 rank;
	bool trusted;
	bool notice_last; /* the last delivery was a notice or notification: a caller is next */
	bool pending;     /* senders, notices or bits for its server */
	struct thread *receiver;
	struct reply *last;    /* that received last: the suspect while it is BOUND */
	struct thread *server; /* of the last recv; no other `serves` it, nor it if that is 0 */
	struct thread *senders, *senders_tail;
	struct notice *notices, *notices_tail;
	struct link *replies;
	struct link *sessions;
};

struct session {
	struct object object;      /* uses: capabilities and unanswered calls */
	struct endpoint *endpoint; /* 0: it died */
	u64 badge;
	struct link link; /* endpoint->sessions */
	struct notice notice;
	bool no_closed;
};

enum reply_state { REPLY_IDLE, REPLY_BOUND, REPLY_DEAD };

#define REPLY_GIVES 4u

struct reply {
	struct object object;
	union {
		u32 bound; /* all four: 0 is IDLE, REPLY_BOUND what has just been received */
		struct {
			u8 state; /* enum reply_state */
			u8 ngiven;
			u8 stop_access; /* enum fault_cause of what a copy could not do; 0: none */
			bool cap_moved; /* a capability went along: the call cannot be repeated */
		};
	};
	slot_t slot; /* where its server holds it */
	struct thread *caller;
	struct endpoint *endpoint; /* in whose `replies` it is, or 0 */
	struct link link;          /* endpoint->replies */
	struct notice notice;
	slot_t given[REPLY_GIVES];
	u64 stop_address, stop_len;
};

/* Those whose links these are. */
static inline struct session *session_of_link(struct link *l)
{
	return (void *)((u8 *)l - offsetof(struct session, link));
}
static inline struct reply *reply_of_link(struct link *l)
{
	return (void *)((u8 *)l - offsetof(struct reply, link));
}

struct notification {
	struct object object;
	u64 bits;
	struct thread *waiter; /* in recv on it directly */
	struct thread *bound;  /* its recv on an endpoint delivers the bits too */
};

/* --- endpoint.c: queues and delivery --- */
/* t, whose call is described in it, sends through session s (uses not yet counted). */
void endpoint_send(struct thread *t, struct session *s);
/* t, whose session is counted already, is delivered or queued at its endpoint. */
void endpoint_post(struct thread *t);
/* r receives at what its slot n names: the next message now, or it waits. */
void endpoint_receive(struct thread *r, struct endpoint *e, slot_t n);
void endpoint_notice(struct endpoint *e, struct notice *n, enum message_kind kind);
void endpoint_notice_drop(struct endpoint *e, struct notice *n);
void endpoint_pending(struct endpoint *e); /* something changed that `pending` tells of */
/* A capability of it is deleted or moved: no slot number is remembered for it. */
void endpoint_unknown(struct endpoint *e);
/* Takes a SENDING thread out of its queue; its call is to be ended or executed again. */
void endpoint_withdraw(struct thread *t);
/* t begins a call: its windows are those of its registers, or of its route. */
static inline void call_begin(struct thread *t, enum call_kind kind)
{
	t->call = 0;
	t->call_kind = (u8)kind;
}
/* Ends the call of a thread that is neither queued nor held any more. */
void call_finish(struct thread *t);
/* The same, and the thread executes its ecall once more (after its handler, if it is marked). */
void call_again(struct thread *t);
err_t endpoint_destroy(struct endpoint *e); /* METHOD_AGAIN while not done */

/* --- deliver.c: what a receiver sees --- */
void deliver_call(struct thread *r, struct reply *reply, struct thread *t);
void deliver_notice(struct thread *r, struct notice *n);
void deliver_bits(struct thread *r, struct notification *n);
void deliver_error(struct thread *r, err_t error);

/* --- session.c --- */
struct session *session_make(struct endpoint *e, u64 badge); /* of no use yet; 0: no memory */
void session_release(struct session *s); /* the last one queues the closed message */
void session_kill(struct session *s);    /* its endpoint dies */
void session_free(struct session *s);    /* used by nobody, and its server knows */

/* --- reply.c --- */
void reply_bind(struct reply *r, struct endpoint *e, struct thread *caller);
void reply_unbind(struct reply *r);  /* to IDLE; the caller is on its own */
void reply_unlink(struct reply *r);  /* IDLE: its endpoint forgets it */
void reply_abandon(struct reply *r); /* its caller dies: DEAD, and its server is told */
void reply_settle_gives(struct reply *r, bool keep);
err_t reply_destroy(struct reply *r);
/* Does a caller wait for it?  ESRCH: that has died; EINVAL: it is idle. */
static inline err_t reply_bound(const struct reply *r)
{
	return r->state == REPLY_BOUND ? 0 : r->state == REPLY_DEAD ? -ESRCH : -EINVAL;
}
/* Ends the call, if it has a caller. */
void reply_end(struct reply *r, s32 label, const u64 word[6], slot_t received);
/* Registers after a native call: what the contract does not keep is zero, as on the fast path. */
void reply_native(struct thread *c, s32 label, const u64 word[6], slot_t received);
/* The caller's call is done: result to its registers, and it goes on. */
void call_complete(struct thread *c, s32 label, const u64 word[6], slot_t received);

/* --- reply_second.c: MSG_ALSO, whose parameters are in the server's frame --- */
/* The Reply that is answered behind `first`; the bytes between them have gone.  0 and the error. */
struct reply *reply_second(struct thread *server, struct reply *first, err_t *err);

/* --- notification.c --- */
void notification_signal(struct notification *n, u64 bits);
void notification_destroy(struct notification *n);

/* --- message.c: the five system calls --- */
void message_call(struct thread *t);
void message_reply(struct thread *t);
void message_recv(struct thread *t);
void message_reply_recv(struct thread *t);

/* --- route.c --- */
/* An ecall whose number is none of the kernel's: the process server's table says what it is. */
void route_call(struct thread *t);
/* Where t's routed call, which went to a descriptor, may go as well; 0: nowhere. */
struct session *route_other(struct thread *t);

/* --- reply_methods.c --- */
/* A method of a Reply: ESRCH (its caller died), EINVAL (it is idle), EPERM (not trusted). */
err_t reply_invoke(struct invocation *v, method_fn *fn);

method_fn endpoint_method_mint, endpoint_method_restart, notification_method_signal,
	notification_method_bind, reply_method_copy_window, reply_method_copy, reply_method_window,
	reply_method_give, reply_method_take_back, reply_method_take, reply_method_badge,
	reply_method_registers, reply_method_forward, reply_method_call, reply_method_copy_memory,
	reply_method_clear, reply_method_push, reply_method_pop;
