/*
 * pselect6: three sets of descriptors become items of a poll, and back.
 */
#include "servers/event/event_server.h"

#define SELECT_IN (POLLIN | POLLRDNORM | POLLHUP | POLLERR)
#define SELECT_OUT (POLLOUT | POLLWRNORM | POLLERR)

enum { SET_IN, SET_OUT, SET_EXCEPT, SETS };
static const u16 asked[SETS] = {POLLIN, POLLOUT, POLLPRI};
static const u16 counted[SETS] = {SELECT_IN, SELECT_OUT, POLLPRI};

static u64 set[SETS][SELECT_WORDS]; /* of the call that is being begun or finished */

static u64 set_bytes(u32 nfds)
{
	return (nfds + 63) / 64 * 8;
}

static u32 set_wants(u32 fd)
{
	u32 events = 0;

	for (u32 k = 0; k < SETS; k++)
		if (set[k][fd / 64] >> (fd % 64) & 1)
			events |= asked[k];
	return events;
}

static u32 clamped(const struct request *q)
{
	s32 nfds = (s32)q->word[0];

	return nfds > (s32)SELECT_MAX ? SELECT_MAX : (u32)nfds;
}

/* Reads the sets; how many descriptors are in them. */
u32 select_items(const struct request *q, s64 *error)
{
	struct caller caller = caller_of(q);
	u32 nfds = clamped(q), n = 0;

	*error = (s32)q->word[0] < 0 ? -EINVAL : 0;
	memset(set, 0, sizeof(set));
	for (u32 k = 0; k < SETS && *error == 0; k++)
		if (q->word[1 + k])
			*error = caller_read(&caller, q->word[1 + k], set[k], set_bytes(nfds));
	for (u32 fd = 0; *error == 0 && fd < nfds; fd++)
		n += set_wants(fd) != 0;
	return n;
}

/* Behind select_items, with a poll of as many items. */
s64 select_begin(struct poll *p, const struct request *q)
{
	u32 n = 0;

	p->nfds = clamped(q);
	for (u32 k = 0; k < SETS; k++)
		p->set_at[k] = q->word[1 + k];
	for (u32 fd = 0; fd < p->nfds; fd++) {
		u32 events = set_wants(fd);
		if (events)
			p->item[n++] = (struct item){.fd = (s32)fd, .events = (u16)events};
	}
	return 0;
}

/* How many bits of the result the item makes; a bad descriptor ends the call at once. */
u32 select_bits(const struct item *item)
{
	u32 bits = 0;

	if (item->revents & POLLNVAL)
		return 1;
	for (u32 k = 0; k < SETS; k++)
		bits += (item->events & asked[k]) && (item->revents & counted[k]);
	return bits;
}

static void set_result(const struct item *item)
{
	u64 bit = 1ull << (item->fd % 64);

	for (u32 k = 0; k < SETS; k++)
		if ((item->events & asked[k]) && (item->revents & counted[k]))
			set[k][item->fd / 64] |= bit;
}

s64 select_finish(struct poll *p)
{
	s64 bits = 0;
	s32 error = 0;

	memset(set, 0, sizeof(set));
	for (u32 i = 0; i < p->nitems; i++) {
		if (p->item[i].revents & POLLNVAL)
			return -EBADF;
		bits += select_bits(&p->item[i]);
		set_result(&p->item[i]);
	}
	for (u32 k = 0; k < SETS && error == 0; k++)
		if (p->set_at[k])
			error = caller_write(&p->caller, p->set_at[k], set[k], set_bytes(p->nfds));
	return error < 0 ? error : bits;
}
