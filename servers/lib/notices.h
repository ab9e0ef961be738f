/*
 * Messages without a caller: what a server is told of those whose Replies it keeps, of
 * sessions, and by notifications.  A part of the loop: private to it, and in line there.
 */
#pragma once

#include "servers/lib/poll.h"
#include "servers/lib/replies.h"

static inline void reply_abandoned(const struct server *s, slot_t reply)
{
	if (!reply_is_held(reply))
		return;
	poll_one_abandoned(reply);
	if (s->abandoned)
		s->abandoned(reply);
	reply_reset(reply);
	reply_release(reply);
}

/* By the functions of s; the Reply that was ready for a caller still is. */
static inline void notice_serve(const struct server *s, const struct request *q)
{
	reply_current = SLOT_NONE;
	switch ((enum message_kind)q->kind) {
	case KIND_INTERRUPTED:
		if (reply_is_held((slot_t)q->word[0]) && !poll_one_interrupted((slot_t)q->word[0])
		    && s->interrupted)
			s->interrupted((slot_t)q->word[0]);
		break;
	case KIND_ABANDONED:
		reply_abandoned(s, (slot_t)q->word[0]);
		break;
	case KIND_CLOSED:
		if (s->closed)
			s->closed(q->badge);
		break;
	case KIND_NOTIFICATION:
		if (s->notified)
			s->notified(q->word[0]);
		break;
	case KIND_NATIVE:
	case KIND_ROUTED:
	case KIND_FAULT:
	case KIND_ERROR:
	case KIND_FAILED:
	default:
		server_panic("%s: receive failed: %d\n", s->name, q->label);
	}
}
