/*
 * wait4 and waitid: news of children.
 *
 * News is taken even if the result cannot be copied out: EFAULT costs the child, as
 * on Linux.
 */
#include "servers/process/process_server.h"

#define CALL_WAITID 95
#define WNOHANG 1u
#define WUNTRACED 2u
#define WEXITED 4u
#define WCONTINUED 8u
#define WNOWAIT 0x1000000u
#define WAIT_ANY_KIND 0xe0000000u /* __WNOTHREAD, __WALL, __WCLONE: nothing */

enum id_kind { ID_ALL, ID_PID, ID_GROUP };

struct query {
	enum id_kind kind;
	u32 id;
	u32 options;
	u64 status_at, info_at, rusage_at;
};

struct news {
	struct process *child; /* 0: none */
	s32 code, status;      /* as in siginfo; wait4's status */
	s32 wait_status;
};

/* --- The question ------------------------------------------------------------------------- */

static void query_wait4(struct query *w, const u64 word[6], u32 own_group)
{
	s32 pid = (s32)word[0];

	w->kind = pid == -1 ? ID_ALL : pid > 0 ? ID_PID : ID_GROUP;
	w->id = pid > 0 ? (u32)pid : pid == 0 ? own_group : 0 - (u32)pid;
	w->options = (u32)word[2] | WEXITED;
	w->status_at = word[1];
	w->rusage_at = word[3];
}

static void query_waitid(struct query *w, const u64 word[6], u32 own_group)
{
	w->kind = (enum id_kind)word[0];
	w->id = word[0] == ID_GROUP && !word[1] ? own_group : (u32)word[1];
	w->options = (u32)word[3];
	w->info_at = word[2];
	w->rusage_at = word[4];
}

static struct query query_of(const struct process *p)
{
	struct query w = {0};

	if (p->wait_call == CALL_WAITID)
		query_waitid(&w, p->wait_word, p->e->pgid);
	else
		query_wait4(&w, p->wait_word, p->e->pgid);
	return w;
}

/* --- The search --------------------------------------------------------------------------- */

static bool is_meant(const struct query *w, const struct process *c)
{
	return w->kind == ID_ALL || (w->kind == ID_PID && c->e->pid == w->id)
	       || (w->kind == ID_GROUP && c->e->pgid == w->id);
}

static bool news_of(const struct query *w, struct process *c, struct news *n)
{
	s32 signal = c->status & 0x7f;

	if (c->e->state == PROCESS_ZOMBIE && w->options & WEXITED)
		*n = (struct news){c, signal ? CLD_KILLED : CLD_EXITED,
				   signal ? signal : c->status >> 8, c->status};
	else if (c->stop_news && w->options & WUNTRACED)
		*n = (struct news){c, CLD_STOPPED, c->stop_signal, c->stop_signal << 8 | 0x7f};
	else if (c->continue_news && w->options & WCONTINUED)
		*n = (struct news){c, CLD_CONTINUED, LINUX_SIGCONT, 0xffff};
	return n->child;
}

/* 0: nothing yet; ECHILD: there never will be.  Children are the whole process's. */
static s32 news_find(const struct query *w, const struct process *p, struct news *n)
{
	struct process *one = w->kind == ID_PID ? process_by_tid((u32)w->id) : 0;
	s32 result = -ECHILD;

	if (w->kind == ID_PID) {
		if (!one || one->parent != p->leader || one->leader != one)
			return -ECHILD;
		(void)news_of(w, one, n);
		return 0;
	}
	for (struct process *c = p->leader->child; c; c = c->sibling) {
		if (!is_meant(w, c))
			continue;
		if (news_of(w, c, n))
			return 0;
		result = 0;
	}
	return result;
}

/* --- The answer --------------------------------------------------------------------------- */

static s32 out(const struct process *p, u64 address, const void *data, u64 len)
{
	return address && space_write(p->space, address, data, len) < 0 ? -EFAULT : 0;
}

static s32 info_out(const struct process *p, const struct query *w, const struct news *n)
{
	struct siginfo info = {0};
	struct signal s = {.number = LINUX_SIGCHLD, .code = n->code};

	if (n->child) {
		s.field[0] = SI_WHO(n->child->e->pid, n->child->e->uid);
		s.field[1] = (u32)n->status;
		siginfo_fill(&info, &s);
	}
	return out(p, w->info_at, &info, sizeof(info));
}

static s32 rusage_out(const struct process *p, const struct query *w, const struct process *c)
{
	u64 rusage[18];

	rusage_fill(rusage, c->e->user_ticks + c->children_user,
		    c->e->system_ticks + c->children_system);
	return out(p, w->rusage_at, rusage, sizeof(rusage));
}

static s32 news_out(const struct process *p, const struct query *w, const struct news *n)
{
	s32 error = w->rusage_at ? rusage_out(p, w, n->child) : 0;

	if (error)
		return error;
	if (w->info_at)
		return info_out(p, w, n);
	return out(p, w->status_at, &n->wait_status, sizeof(n->wait_status));
}

static void news_take(const struct query *w, const struct news *n)
{
	if (w->options & WNOWAIT)
		return;
	if (n->child->e->state == PROCESS_ZOMBIE)
		process_reap(n->child);
	else if (n->code == CLD_STOPPED)
		n->child->stop_news = false;
	else
		n->child->continue_news = false;
}

/* What p's wait_call and wait_word ask for: a result, or LATER. */
static s64 wait_result(struct process *p)
{
	struct query w = query_of(p);
	struct news n = {0};
	s32 error = news_find(&w, p, &n);
	s64 pid;

	if (error)
		return error;
	if (!n.child && !(w.options & WNOHANG))
		return LATER;
	if (!n.child)
		return info_out(p, &w, &n);
	error = news_out(p, &w, &n);
	pid = p->wait_call == CALL_WAITID ? 0 : n.child->e->pid;
	news_take(&w, &n);
	return error ? error : pid;
}

void wait_child_retry(struct process *leader)
{
	s64 result;

	for (struct process *m = leader; m; m = m->next_member) {
		if (m->wait != WAIT_CHILD)
			continue;
		result = wait_result(m);
		if (result != LATER)
			wait_end(m, result);
	}
}

static s64 wait_call(struct request *q)
{
	struct process *p = caller(q);
	s64 result;

	if (p->loads_for)
		return -ECHILD;
	wait_note(p, q);
	result = wait_result(p);
	return result == LATER ? wait_hold(p, WAIT_CHILD, q->reply) : result;
}

s64 process_wait4(struct request *q, struct answer *a)
{
	(void)a;
	if (q->word[2] & ~(u64)(WAIT_ANY_KIND | WNOHANG | WUNTRACED | WCONTINUED) & 0xffffffffu)
		return -EINVAL;
	if ((s32)q->word[0] == -0x7fffffff - 1)
		return -ESRCH;
	return wait_call(q);
}

s64 process_waitid(struct request *q, struct answer *a)
{
	u32 options = (u32)q->word[3];
	u32 known = WAIT_ANY_KIND | WNOHANG | WUNTRACED | WEXITED | WCONTINUED | WNOWAIT;

	(void)a;
	if (options & ~known || !(options & (WEXITED | WUNTRACED | WCONTINUED)))
		return -EINVAL;
	if (q->word[0] > ID_GROUP || (q->word[0] == ID_PID && (s32)q->word[1] <= 0))
		return -EINVAL;
	return wait_call(q);
}

/* --- Telling the parent ------------------------------------------------------------------- */

void parent_tell(struct process *child, s32 code, s32 status)
{
	struct process *parent = child->parent;
	struct signal s = {.number = LINUX_SIGCHLD, .code = code};
	const struct action *act;
	bool ended = code == CLD_EXITED || code == CLD_KILLED;
	bool unwanted;

	if (!parent || !parent->actions)
		return; /* it ends too: its children get another parent */
	act = action_of(parent, LINUX_SIGCHLD);
	unwanted = ended && child->exit_signal == LINUX_SIGCHLD
		   && (act->handler == ACTION_IGNORE || act->flags & SA_NOCLDWAIT);
	if (ended)
		s.number = child->exit_signal;
	s.field[0] = SI_WHO(child->e->pid, child->e->uid);
	s.field[1] = code == CLD_EXITED ? (u32)status >> 8 : (u32)status & 0x7f;
	if (s.number && (ended || !(act->flags & SA_NOCLDSTOP)))
		signal_send(parent, &s);
	if (unwanted)
		process_reap(child);
	wait_child_retry(parent);
}
