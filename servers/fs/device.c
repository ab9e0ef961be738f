/*
 * Devices and FIFOs: nodes that have a name here and bytes elsewhere.
 *
 * /dev/null, zero, full and random are served here, cheaply.  An open of a terminal's
 * device or of a FIFO is forwarded through a session that its server gave for that
 * inode, so that its fstat shows what stat shows.
 */
#include "ipc/proto/memory.h"
#include "ipc/proto/pipe.h"
#include "ipc/proto/terminal.h"
#include "servers/fs/fs_server.h"

#define DEV_ROOT 2ull

enum device {
	DEVICE_NULL = LINUX_DEV(1, 3),
	DEVICE_ZERO = LINUX_DEV(1, 5),
	DEVICE_FULL = LINUX_DEV(1, 7),
	DEVICE_RANDOM = LINUX_DEV(1, 8),
	DEVICE_URANDOM = LINUX_DEV(1, 9),
	DEVICE_TTY = LINUX_DEV(5, 0),
	DEVICE_CONSOLE = LINUX_DEV(5, 1),
	DEVICE_SERIAL = LINUX_DEV(4, 64),
	DEVICE_ECHO = LINUX_DEV(10, 240),
};

static const struct {
	const char *name;
	u32 device;
	u32 mode;
} nodes[] = {
	{"null", DEVICE_NULL, 0666},       {"zero", DEVICE_ZERO, 0666},
	{"full", DEVICE_FULL, 0666},       {"random", DEVICE_RANDOM, 0666},
	{"urandom", DEVICE_URANDOM, 0666}, {"tty", DEVICE_TTY, 0666},
	{"console", DEVICE_CONSOLE, 0600}, {"ttyS0", DEVICE_SERIAL, 0620},
	{"echo", DEVICE_ECHO, 0666},
};
static const struct {
	const char *name, *target;
} links[] = {
	{"fd", "/proc/self/fd"},
	{"stdin", "/proc/self/fd/0"},
	{"stdout", "/proc/self/fd/1"},
	{"stderr", "/proc/self/fd/2"},
};

static const u8 zeroes[COPY_MAX / 4];
static slot_t terminals[TERM_DEVICES];

static s32 node_add(struct inode *dir, const char *name, struct inode *i)
{
	u32 len = (u32)strlen(name);

	if (!i)
		return -ENOSPC;
	return entry_find(dir, name, len) ? 0 : entry_add(dir, name, len, i);
}

s32 device_tree(void)
{
	const struct caller root = {0};
	struct place p;
	s32 error = path_find_from(fs_root, "/dev", &p);

	for (u32 n = 0; !error && n < sizeof(nodes) / sizeof(nodes[0]); n++) {
		struct inode *i = inode_make(S_IFCHR | nodes[n].mode, &root);
		if (i)
			i->device = nodes[n].device;
		error = node_add(p.inode, nodes[n].name, i);
	}
	for (u32 n = 0; !error && n < sizeof(links) / sizeof(links[0]); n++)
		error = node_add(p.inode, links[n].name,
				 symlink_make(links[n].target, strlen(links[n].target), &root));
	return error;
}

/* --- Opening -------------------------------------------------------------------------- */

/* A server that was started anew does not know the sessions that it gave before. */
static bool is_known(slot_t session)
{
	if (!session || call0(session, FD_NAME) >= 0)
		return session;
	slot_delete(session);
	return false;
}

static s64 terminal_session(enum terminal_device device, const struct inode *i)
{
	u64 word[4] = {device, i->ino, DEV_ROOT | (u64)i->mode << 32};
	s64 error;

	if (is_known(terminals[device]))
		return terminals[device];
	error = call_receive(TERMINAL, TERM_DEVICE, word, &terminals[device]);
	if (error < 0)
		terminals[device] = 0;
	return error < 0 ? error : (s64)terminals[device];
}

static s64 terminal_open(struct request *q, enum terminal_device device, const struct inode *i)
{
	s64 slot = terminal_session(device, i);

	return slot < 0 ? slot : reply_forward(q, (slot_t)slot, SLOT_NONE);
}

s64 device_open(struct request *q, struct inode *i)
{
	switch (i->device) {
	case DEVICE_NULL:
	case DEVICE_ZERO:
	case DEVICE_FULL:
	case DEVICE_RANDOM:
	case DEVICE_URANDOM:
		return 0;
	case DEVICE_TTY:
		return terminal_open(q, TERM_TTY, i);
	case DEVICE_CONSOLE:
		return terminal_open(q, TERM_CONSOLE, i);
	case DEVICE_SERIAL:
		return terminal_open(q, TERM_SERIAL, i);
	case DEVICE_ECHO: /* a session that fs only hands on: echo ranks above it */
		return reply_forward(q, SERVER_TO + SERVER_ID_ECHO, SLOT_NONE);
	default:
		return -ENXIO;
	}
}

/* The session stays while the inode does: pipe keeps the FIFO for it. */
s64 fifo_open(struct request *q, struct inode *i)
{
	u64 word[4] = {i->ino, i->mode, i->uid | (u64)i->gid << 32};
	s64 error;

	if (!is_known(i->fifo)) {
		error = call_receive(PIPE, PIPE_FIFO, word, &i->fifo);
		if (error < 0) {
			i->fifo = 0;
			return error;
		}
	}
	return reply_forward(q, i->fifo, SLOT_NONE);
}

/* --- Bytes ---------------------------------------------------------------------------- */

/* Pieces of what `source` has, to the window; as many as it takes. */
static s64 read_pieces(const struct request *q, u32 device, u64 len)
{
	u64 done = 0;

	while (done < len) {
		u64 want = len - done < sizeof(zeroes) ? len - done : sizeof(zeroes);
		bool is_random = device == DEVICE_RANDOM || device == DEVICE_URANDOM;
		s64 n;
		if (is_random)
			random_fill((u8 *)scratch, want);
		n = window_out(q->reply, 0, done, is_random ? (const u8 *)scratch : zeroes, want);
		if (n == -ERETRY)
			return n;
		if (n <= 0)
			return done ? (s64)done : n;
		done += (u64)n;
	}
	return (s64)done;
}

s64 device_read(struct request *q, struct answer *a, u32 device, u64 len)
{
	const u8 *from = zeroes;

	if (device == DEVICE_NULL)
		return 0;
	if (len > sizeof(zeroes) || transfer_is_vector(q))
		return read_pieces(q, device, len);
	if (device == DEVICE_RANDOM || device == DEVICE_URANDOM) {
		random_fill((u8 *)scratch, len);
		from = (const u8 *)scratch;
	}
	return copy_answer(a, (s64)len, from, len);
}

s64 device_write(u32 device, u64 len)
{
	return device == DEVICE_FULL ? -ENOSPC : (s64)len;
}

/* --- Mapping -------------------------------------------------------------------------- */

bool device_is_zero(const struct inode *i)
{
	return i->device == DEVICE_ZERO;
}

s64 device_mmap(struct request *q)
{
	static slot_t zero_pages;
	const u64 word[4] = {0, ACCESS_READ | ACCESS_WRITE | ACCESS_EXEC};
	s64 error;

	if (!zero_pages) {
		error = call_receive(MEMORY, MEM_OBJECT_SESSION, word, &zero_pages);
		if (error < 0) {
			zero_pages = 0;
			return error;
		}
	}
	return reply_forward(q, zero_pages, SLOT_NONE);
}
