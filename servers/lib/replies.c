/*
 * The Replies of a server, and answers to callers that were kept waiting.
 *
 * The one idea: a Reply is created only when all others hold a caller, so a server
 * that lets few callers wait costs few kernel objects.  See replies.h.
 */
#include "servers/lib/replies.h"

#include "servers/lib/method.h"

static u32 limit;
static u32 created;
static u32 nfree;
static u16 free_list[REPLIES_MAX];
static bool held[REPLIES_MAX];
slot_t reply_current = SLOT_NONE;

static u32 index_of(slot_t reply)
{
	u32 i = reply - SERVER_REPLY;

	return i < created ? i : REPLIES_MAX;
}

/* The pages of their slots are there from the start: who uses memory is seen more clearly. */
static void slots_make(void)
{
	for (slot_t n = SERVER_REPLY; n < SERVER_REPLY + limit; n += SLOTS_PER_PAGE) {
		method2(SERVER_CSPACE, CSPACE_COPY, n, SERVER_ENDPOINT);
		slot_delete(n);
	}
}

void replies_init(u32 wanted)
{
	limit = wanted < REPLIES_MAX ? wanted : REPLIES_MAX;
	if (limit == 0)
		limit = 1;
	slots_make();
}

static slot_t reply_create(void)
{
	slot_t slot = SERVER_REPLY + created;

	if (object_create_at(OBJECT_REPLY, slot) < 0)
		return SLOT_NONE;
	held[created++] = false;
	return slot;
}

slot_t reply_take(void)
{
	if (nfree > 0)
		return SERVER_REPLY + free_list[--nfree];
	return created < limit ? reply_create() : SLOT_NONE;
}

u32 replies_free(void)
{
	return nfree + limit - created;
}

void reply_keep(slot_t reply)
{
	u32 i = index_of(reply);

	if (i >= created || reply != reply_current)
		return;
	held[i] = true;
	reply_current = SLOT_NONE;
}

bool reply_is_held(slot_t reply)
{
	u32 i = index_of(reply);

	return i < created && (held[i] || reply == reply_current);
}

void reply_release(slot_t reply)
{
	u32 i = index_of(reply);

	if (!reply_is_held(reply))
		return;
	if (reply == reply_current)
		reply_current = SLOT_NONE;
	held[i] = false;
	free_list[nfree++] = (u16)i;
}

void reply_reset(slot_t reply)
{
	struct answer a = {.word = {(u64)-EIO}, .label = -EIO};

	if (call0(reply, REPLY_CLEAR) < 0)
		msg_reply(reply, &a);
}

s32 reply_failure(s32 label, u64 stop)
{
	switch (stop) {
	case COPY_PAGE:
		return -ERETRY;
	case COPY_WINDOW_END:
	case COPY_PAGE_OTHER:
	case COPY_LIMIT:
	case COPY_OWN_PAGE:
		return -EFAULT;
	default:
		return label < 0 ? label : -EIO;
	}
}

s32 answer_later_with(slot_t reply, s64 result, struct answer *a)
{
	struct answer plain;
	s32 failed, error;

	a->word[0] = (u64)result;
	a->label = result < 0 ? (s32)result : 0;
	failed = msg_reply(reply, a);
	if (failed < 0 && failed != -ESRCH) {
		error = reply_failure(failed, a->word[1]);
		plain = (struct answer){.word = {(u64)(s64)error}, .label = error};
		if (msg_reply(reply, &plain) < 0)
			reply_reset(reply);
	} else if (failed < 0) {
		reply_reset(reply);
	}
	reply_release(reply);
	return failed;
}

s32 answer_later(slot_t reply, s64 result)
{
	s32 failed = reply_number(reply, result);

	if (failed < 0)
		reply_reset(reply);
	reply_release(reply);
	return failed;
}

void answer_swap(struct request *q, slot_t kept, s64 result)
{
	u32 i = index_of(kept);

	if (i >= created || !held[i])
		return;
	answer_later(q->reply, result);
	held[i] = false;
	reply_current = kept;
	q->reply = kept;
}
