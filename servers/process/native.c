/*
 * What other servers ask: /proc's texts, descriptors and programs, figures; and the
 * end of a process when memory has run out.
 */
#include "servers/process/process_server.h"

u32 caller_server(const struct request *q)
{
	u64 id = q->badge - SERVER_BADGE;

	return q->kind == KIND_NATIVE && id < SERVER_IDS ? (u32)id : 0;
}

/* The process that a server names, if it still is one. */
static struct process *named(const struct request *q)
{
	struct process *p = caller_server(q) ? process_find((u32)q->word[0]) : 0;

	return p && p->space ? p : 0;
}

s64 native_arguments(struct request *q, struct answer *a)
{
	static u8 text[PAGE_SIZE];
	const struct process *p = named(q);
	u64 from, end, len;

	if (!p)
		return caller_server(q) ? -ESRCH : -EPERM;
	from = q->word[2] ? p->e->env_start : p->e->arg_start;
	end = q->word[2] ? p->e->env_end : p->e->arg_end;
	if (end < from || q->word[1] >= end - from)
		return 0;
	from += q->word[1];
	len = end - from < sizeof(text) ? end - from : sizeof(text);
	if (len > q->window_len)
		len = q->window_len;
	if (space_read(p->space, from, text, len) < 0)
		return 0;
	return answer_copy(a, (s64)len, text, len);
}

u64 processes_running(void)
{
	struct process *p;
	u32 index = 0;
	u64 running = 0;

	while ((p = leader_next(&index)))
		running += times_update(p);
	load_note(running);
	return running;
}

s64 native_stats(struct request *q, struct answer *a)
{
	(void)q;
	a->word[1] = processes_ever();
	a->word[2] = processes_running() + 1;
	a->word[3] = 0;
	for (u32 k = 0; k < LOADS; k++)
		a->word[3] |= load_average(k) << (k * LOAD_BITS);
	a->word[4] = slabs_live();
	a->word[5] = pages_kept();
	return processes_alive();
}

static s64 times_of_all(struct answer *a)
{
	struct process *p;
	u32 index = 0;
	s64 running = 0;

	while ((p = process_next(&index))) {
		running += times_update(p);
		if (p != p->leader)
			continue;
		a->word[1] += p->e->user_ticks + p->children_user;
		a->word[2] += p->e->system_ticks + p->children_system;
	}
	return running;
}

s64 native_times(struct request *q, struct answer *a)
{
	struct process *p = caller_server(q) ? process_find((u32)q->word[0]) : 0;

	if (!caller_server(q))
		return -EPERM;
	if (q->word[0] == 0)
		return times_of_all(a);
	if (!p)
		return -ESRCH;
	a->word[1] = p->leader->children_user;
	a->word[2] = p->leader->children_system;
	return times_update(p);
}

/* Pools give nothing back: what is free in them serves the next process. */
s64 native_drop(struct request *q, struct answer *a)
{
	(void)a;
	if (!caller_server(q))
		return -EPERM;
	loader_drop();
	spaces_drop();
	return 0;
}

/* A copy of the descriptor goes along if its server may be called by the one that asks. */
s64 native_descriptors(struct request *q, struct answer *a)
{
	const struct process *p = named(q);
	struct message m = {.label = CSPACE_IDENTIFY};
	s64 at;

	if (!p)
		return caller_server(q) ? -ESRCH : -EPERM;
	at = (s64)q->word[1];
	if (q->word[1] < SLOT_FIXED)
		at = call1(p->cspace, CSPACE_NEXT, q->word[1]);
	if (at < 0 || at >= SLOT_FIXED + SLOTS_FIXED) {
		a->word[1] = a->word[2] = 0;
		return 0xffffffffll;
	}
	m.word[0] = (u64)at;
	if (msg_call(p->cspace, &m) >= 0 && m.word[0] == OBJECT_SESSION)
		a->word[2] = m.word[3];
	a->cap = SLOT_NONE;
	if (a->word[2] && a->word[2] <= caller_server(q))
		a->cap = fetch(p->cspace, (slot_t)at);
	if (a->cap != SLOT_NONE)
		a->flags |= MSG_SEND | MSG_MOVE;
	return at;
}

s64 native_exe(struct request *q, struct answer *a)
{
	const struct process *p = named(q);

	if (!p || !p->leader->exe)
		return caller_server(q) ? -ESRCH : -EPERM;
	a->flags |= MSG_SEND;
	a->cap = p->leader->exe->slot;
	return 0;
}

/* The space with most pages of its own: whoever runs in it ends, process 1 never. */
void memory_ran_out(void)
{
	struct message m = {.label = MEM_SPACE_LARGEST};
	struct process *p;
	u32 index = 0;

	if (msg_call(SERVER_TO + SERVER_ID_MEMORY, &m) < 0)
		return;
	while ((p = process_next(&index))) {
		struct process *victim = p->loads_for ? p->loads_for->leader : p->leader;
		if (!p->space || p->space->id != m.word[0] || victim->e->pid == 1)
			continue;
		server_print("process: out of memory, ends %u (%s)\n", victim->e->pid,
			     victim->e->comm);
		process_exit(victim, LINUX_SIGKILL);
	}
}
