/*
 * The Replies of a server, and answers to callers that were kept waiting.
 *
 * The one idea: a Reply is created only when all others hold a caller, so a server
 * that lets few callers wait costs few kernel objects.  See replies.h.
 */
#include "servers/lib/replies.h"

#include "servers/lib/method.h"

struct reply_counts reply_counts;
static struct reply_counts *const n = &reply_counts;
u16 reply_list[REPLIES_MAX];
bool reply_held[REPLIES_MAX];
slot_t reply_current = SLOT_NONE;
struct second second = {.reply = SLOT_NONE};

static u32 index_of(slot_t reply)
{
	u32 i = reply - SERVER_REPLY;

	return i < n->created ? i : REPLIES_MAX;
}

/* The pages of their slots are there from the start: who uses memory is seen more clearly. */
static void slots_make(void)
{
	for (slot_t slot = SERVER_REPLY; slot < SERVER_REPLY + n->limit; slot += SLOTS_PER_PAGE) {
		method2(SERVER_CSPACE, CSPACE_COPY, slot, SERVER_ENDPOINT);
		slot_delete(slot);
	}
}

void replies_init(u32 wanted)
{
	n->limit = wanted < REPLIES_MAX ? wanted : REPLIES_MAX;
	if (n->limit == 0)
		n->limit = 1;
	slots_make();
}

slot_t reply_create(void)
{
	slot_t slot = SERVER_REPLY + n->created;

	if (n->created >= n->limit || object_create_at(OBJECT_REPLY, slot) < 0)
		return SLOT_NONE;
	reply_held[n->created++] = false;
	return slot;
}

bool reply_is_held(slot_t reply)
{
	u32 i = index_of(reply);

	return i < n->created && (reply_held[i] || reply == reply_current);
}

bool reply_spare(void)
{
	slot_t slot = reply_create();

	if (slot == SLOT_NONE)
		return false;
	reply_list[n->nfree++] = (u16)index_of(slot);
	return true;
}

void reply_release(slot_t reply)
{
	u32 i = index_of(reply);

	if (!reply_is_held(reply))
		return;
	if (reply == reply_current)
		reply_current = SLOT_NONE;
	reply_held[i] = false;
	reply_list[n->nfree++] = (u16)i;
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

static void answer_now(slot_t reply, s64 result)
{
	if (reply_number(reply, result) < 0)
		reply_reset(reply);
}

void second_flush(void)
{
	slot_t reply = second.reply;

	second.reply = SLOT_NONE;
	if (reply != SLOT_NONE)
		answer_now(reply, (s64)second.number);
}

/* Of two, the first is answered first. */
void answer_later(slot_t reply, s64 result)
{
	second_flush();
	door_also();
	if (result < 0 || reply_current == SLOT_NONE || reply == reply_current
	    || !reply_is_held(reply))
		answer_now(reply, result);
	else
		second = (struct second){.reply = reply, .number = (u64)result};
	reply_release(reply);
}

static __attribute__((noinline)) s64 pass_behind(struct request *q, slot_t kept, u64 len,
						 bool kept_first)
{
	second_flush();
	return answer_pass(q, kept, len, kept_first);
}

/* The Reply that goes along is idle soon. */
s64 answer_pass(struct request *q, slot_t kept, u64 len, bool kept_first)
{
	slot_t other = kept_first ? q->reply : kept;

	if (second.reply != SLOT_NONE)
		return pass_behind(q, kept, len, kept_first);
	door_also();
	reply_held[kept - SERVER_REPLY] = false;
	reply_list[n->nfree++] = (u16)(other - SERVER_REPLY);
	second.reply = other;
	second.flags = kept_first ? MSG_COPY : MSG_PASS;
	second.number = len;
	if (kept_first)
		q->reply = reply_current = kept;
	return (s64)len;
}

slot_t second_undo(struct request *q)
{
	slot_t kept = second.reply;

	n->nfree--;
	if (second.flags == MSG_COPY) {
		kept = q->reply;
		q->reply = reply_current = second.reply;
	}
	reply_held[index_of(kept)] = true;
	second.reply = SLOT_NONE;
	return kept;
}
