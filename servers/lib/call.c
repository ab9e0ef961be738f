/*
 * Short forms of msg_call: a label, a few words, at most one window or capability.
 *
 * Each builds a struct message on the stack and returns the negative label or
 * word 0.  What comes back besides is discarded.
 */
#include "servers/lib/call.h"
#include "servers/lib/layout.h"

static s64 result_of(slot_t slot, struct message *m)
{
	s32 label = msg_call(slot, m);

	return label < 0 ? label : (s64)m->word[0];
}

static void words_from(struct message *m, const u64 word[4])
{
	for (int i = 0; i < 4; i++)
		m->word[i] = word ? word[i] : 0;
}

s64 call_words(slot_t slot, s32 label, const u64 word[4])
{
	struct message m = {.label = label};

	words_from(&m, word);
	return result_of(slot, &m);
}

s64 call3(slot_t slot, s32 label, u64 a, u64 b, u64 c)
{
	return call_words(slot, label, (const u64[4]){a, b, c});
}

s64 call2(slot_t slot, s32 label, u64 a, u64 b)
{
	return call_words(slot, label, (const u64[4]){a, b});
}

s64 call1(slot_t slot, s32 label, u64 a)
{
	return call_words(slot, label, (const u64[4]){a});
}

s64 call0(slot_t slot, s32 label)
{
	return call_words(slot, label, 0);
}

s64 call_data(slot_t slot, s32 label, const u64 word[4], const void *data, u64 len)
{
	struct message m = {.label = label, .data = data, .data_len = len};

	words_from(&m, word);
	return result_of(slot, &m);
}

s64 call_cap(slot_t slot, s32 label, slot_t sent, const u64 word[4])
{
	struct message m = {.label = label, .flags = MSG_SEND, .send = sent};

	words_from(&m, word);
	return result_of(slot, &m);
}

s64 call_receive(slot_t slot, s32 label, const u64 word[4], slot_t *cap)
{
	struct message m = {.label = label, .flags = MSG_RECEIVE, .receive = SLOT_ANY};
	s64 result;

	words_from(&m, word);
	result = result_of(slot, &m);
	*cap = result < 0 ? SLOT_NONE : m.receive;
	return result;
}
