/*
 * What a program asks about the system, and the small calls that need no file of their own.
 */
#include "servers/process/process_server.h"

#define NAME_BYTES 65u
#define PR_SET_NAME 15u
#define PR_GET_NAME 16u
#define PR_SET_PDEATHSIG 1u
#define PR_GET_DUMPABLE 3u
#define PR_SET_DUMPABLE 4u
#define PR_SET_NO_NEW_PRIVS 38u
#define PR_GET_NO_NEW_PRIVS 39u

static char hostname[NAME_BYTES] = "missive";

/* --- Names and figures -------------------------------------------------------------------- */

s64 call_uname(struct request *q, struct answer *a)
{
	static char names[6][NAME_BYTES] = {
		"Linux", "", SYSTEM_RELEASE, SYSTEM_VERSION, "riscv64", "(none)",
	};

	(void)q;
	memcpy(names[1], hostname, NAME_BYTES);
	return answer_copy(a, 0, names, sizeof(names));
}

s64 call_sethostname(struct request *q, struct answer *a)
{
	char name[NAME_BYTES] = {0};
	s32 error;

	(void)a;
	if (caller(q)->e->euid)
		return -EPERM;
	if (q->word[1] >= NAME_BYTES)
		return -EINVAL;
	error = argument_in(q, name, q->word[1]);
	if (!error)
		memcpy(hostname, name, NAME_BYTES);
	return error;
}

s64 native_hostname(struct request *q, struct answer *a)
{
	u64 len = strlen(hostname);

	return answer_copy(a, (s64)len, hostname, len < q->window_len ? len : q->window_len);
}

s64 call_sysinfo(struct request *q, struct answer *a)
{
	static struct {
		u64 uptime, loads[3], total, free, shared, buffer, swap_total, swap_free;
		u16 processes, pad[3];
		u64 total_high, free_high;
		u32 unit, pad2;
	} info;
	struct message m = {.label = MEM_STATS};

	(void)q;
	memset(&info, 0, sizeof(info));
	msg_call(SERVER_TO + SERVER_ID_MEMORY, &m);
	info.uptime = time_now() / start->timebase_hz;
	processes_running();
	for (u32 k = 0; k < LOADS; k++)
		info.loads[k] = load_average(k) << (16 - LOAD_SHIFT);
	info.total = m.word[0] * PAGE_SIZE;
	info.free = m.word[1] * PAGE_SIZE;
	info.processes = (u16)processes_alive();
	info.unit = 1;
	return answer_copy(a, 0, &info, sizeof(info));
}

/* --- About oneself ------------------------------------------------------------------------ */

static s64 name_set(struct process *p, u64 address)
{
	char name[16] = {0};
	s64 n = space_read_string(p->space, address, name, sizeof(name));

	if (n < 0)
		return n;
	name[15] = 0;
	memset(p->e->comm, 0, sizeof(p->e->comm));
	string_copy(p->e->comm, name, sizeof(p->e->comm));
	return 0;
}

s64 call_prctl(struct request *q, struct answer *a)
{
	struct process *p = caller(q);

	(void)a;
	switch (q->word[0]) {
	case PR_SET_NAME:
		return name_set(p, q->word[1]);
	case PR_GET_NAME:
		return space_write(p->space, q->word[1], p->e->comm, sizeof(p->e->comm));
	case PR_GET_DUMPABLE:
		return 1;
	case PR_SET_DUMPABLE:
		return q->word[1] > 1 ? -EINVAL : 0;
	case PR_SET_NO_NEW_PRIVS:
		if (q->word[1] != 1 || q->word[2] || q->word[3] || q->word[4])
			return -EINVAL;
		p->e->flags |= PROCESS_NO_NEW_PRIVILEGES;
		return 0;
	case PR_GET_NO_NEW_PRIVS:
		if (q->word[1] || q->word[2] || q->word[3] || q->word[4])
			return -EINVAL;
		return (p->e->flags & PROCESS_NO_NEW_PRIVILEGES) != 0;
	default:
		return -EINVAL;
	}
}

s64 call_set_tid_address(struct request *q, struct answer *a)
{
	struct process *p = caller(q);

	(void)a;
	p->clear_tid = q->word[0];
	return p->e->tid;
}

#define ROBUST_HEAD_BYTES 24u

s64 call_set_robust_list(struct request *q, struct answer *a)
{
	(void)a;
	if (q->word[1] != ROBUST_HEAD_BYTES)
		return -EINVAL;
	caller(q)->robust_list = q->word[0];
	return 0;
}

s64 call_personality(struct request *q, struct answer *a)
{
	(void)q;
	(void)a;
	return 0; /* PER_LINUX, whatever is asked for */
}

/* --- Scheduling --------------------------------------------------------------------------- */

s64 call_getcpu(struct request *q, struct answer *a)
{
	const struct space *s = caller(q)->space;
	u32 zero = 0;
	s32 error = 0;

	(void)a;
	for (u32 i = 0; !error && i < 2; i++)
		if (q->word[i])
			error = space_write(s, q->word[i], &zero, sizeof(zero));
	return error;
}

/* --- reboot ------------------------------------------------------------------------------- */

static bool magic_is_right(u32 first, u32 second)
{
	return first == 0xfee1deadu
	       && (second == 672274793u || second == 85072278u || second == 369367448u
		   || second == 537993216u);
}

s64 call_reboot(struct request *q, struct answer *a)
{
	(void)a;
	if (caller(q)->e->euid)
		return -EPERM;
	if (!magic_is_right((u32)q->word[0], (u32)q->word[1]))
		return -EINVAL;
	switch ((u32)q->word[2]) {
	case 0x00000000u: /* Ctrl-Alt-Del off */
	case 0x89abcdefu: /* and on */
		return 0;
	case 0x01234567u:
		return call0(SERVER_MACHINE, MACHINE_REBOOT);
	case 0x4321fedcu:
	case 0xcdef0123u: /* halt */
		return call0(SERVER_MACHINE, MACHINE_OFF);
	default:
		return -EINVAL;
	}
}
