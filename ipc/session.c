/*
 * Sessions: a client's connection to an endpoint, with the server's own word.
 * A session counts its uses (capabilities and unanswered calls); the last one
 * queues its closed message, which lies in the session itself.
 */
#include "ipc/endpoint.h"
#include "kernel/pool.h"
#include "kernel/print.h"

static void session_unlink(struct session *s)
{
	list_remove(&s->link);
	s->endpoint = 0;
}

struct session *session_make(struct endpoint *e, u64 badge)
{
	struct session *s = (void *)pool_object_get(e->object.pool, OBJECT_SESSION);

	if (!s)
		return 0;
	s->badge = badge;
	s->endpoint = e;
	list_add(&e->sessions, &s->link);
	return s;
}

void session_release(struct session *s)
{
	ASSERT(s->object.uses > 0);
	if (--s->object.uses)
		return;
	if (s->endpoint && !s->no_closed) {
		endpoint_notice(s->endpoint, &s->notice, KIND_CLOSED);
		return;
	}
	session_free(s);
}

void session_free(struct session *s)
{
	session_unlink(s);
	pool_object_put(&s->object);
}

void session_kill(struct session *s)
{
	bool unused = s->object.uses == 0;

	session_unlink(s);
	s->object.dead = true;
	if (unused)
		pool_object_put(&s->object);
}
