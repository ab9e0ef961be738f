/*
 * Replies that are kept: which process waits for what.
 *
 * A kept Reply has one owner and the owner knows its Reply; both are forgotten in the
 * moment it is answered or the thread goes (the library clears a dead Reply).
 */
#include "servers/lib/replies.h"
#include "servers/process/process_server.h"

static struct process *owner[REPLIES_MAX];

static struct process **owner_at(slot_t reply)
{
	return &owner[(reply - SERVER_REPLY) % REPLIES_MAX];
}

s64 wait_hold(struct process *p, enum wait_kind kind, slot_t reply)
{
	p->wait = (u8)kind;
	p->reply = reply;
	*owner_at(reply) = p;
	return LATER;
}

void wait_note(struct process *p, const struct request *q)
{
	p->wait_call = (u32)q->label;
	p->wait_word[0] = q->word[0];
	p->wait_word[1] = q->word[1];
	p->wait_word[2] = q->word[2];
	p->wait_word[3] = q->word[3];
	p->wait_word[4] = q->word[4];
	p->wait_word[5] = q->word[5];
}

s64 wait_begin(struct process *p, enum wait_kind kind, const struct request *q)
{
	wait_note(p, q);
	return wait_hold(p, kind, q->reply);
}

void wait_forget(struct process *p)
{
	if (p->reply != SLOT_NONE)
		*owner_at(p->reply) = 0;
	p->reply = SLOT_NONE;
	p->wait = WAIT_NONE;
}

void wait_end(struct process *p, s64 result)
{
	slot_t reply = p->reply;

	wait_forget(p);
	if (reply != SLOT_NONE)
		answer_later(reply, result);
}

struct process *wait_owner(slot_t reply)
{
	return *owner_at(reply);
}

/* A marked thread is to be answered now, so that it comes to its handler. */
void wait_interrupted(slot_t reply)
{
	struct process *p = wait_owner(reply);

	if (!p)
		return;
	switch ((enum wait_kind)p->wait) {
	case WAIT_CHILD:
		wait_end(p, -ERESTARTSYS);
		break;
	case WAIT_SLEEP:
		deadline_cancel(&p->sleep);
		wait_end(p, sleep_interrupted(p));
		break;
	case WAIT_SUSPEND:
		wait_end(p, -ERESTARTNOHAND);
		break;
	case WAIT_SIGNAL:
		deadline_cancel(&p->sleep);
		wait_end(p, -EINTR);
		break;
	case WAIT_FUTEX:
		futex_interrupted(p);
		break;
	case WAIT_NONE:
	case WAIT_VFORK:
	case WAIT_EXEC:
	case WAIT_STOPPED:
	case WAIT_LOADER:
		break; /* the mark stays, and is seen when that is over */
	}
}
