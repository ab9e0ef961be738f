/*
 * Open files of the terminal, and fs's sessions of its devices.
 *
 * fs checks names and permissions and forwards the open through the session of the
 * device; the answer is a session of the new open file.  An open through
 * /proc/self/fd arrives through an open file and means its device again.
 */
#include "servers/terminal/terminal_server.h"

#define FLAGS_KEPT (LINUX_O_ACCMODE | LINUX_O_APPEND | LINUX_O_NONBLOCK)
#define FLAGS_SETTABLE (LINUX_O_APPEND | LINUX_O_NONBLOCK)
#define FILES_FOR_ROOT (FILES_MAX / 4)
#define OUTPUT_READY 256u
#define NAME_BYTES 256u

struct device {
	u64 ino, dev;
	u32 mode;
	u64 rdev;
};

static struct device devices[TERM_DEVICES] = {
	[TERM_CONSOLE] = {.ino = 1, .mode = LINUX_S_IFCHR | 0600, .rdev = LINUX_DEV(5, 1)},
	[TERM_SERIAL] = {.ino = 2, .mode = LINUX_S_IFCHR | 0620, .rdev = LINUX_DEV(4, 64)},
	[TERM_TTY] = {.ino = 3, .mode = LINUX_S_IFCHR | 0666, .rdev = LINUX_DEV(5, 0)},
};
static struct slab slab = {.size = sizeof(struct file)};
static struct badge_entry entries[FILES_MAX];
static struct badge_table table = {.entry = entries, .size = FILES_MAX};
static struct file *files;

static struct file *session_find(u64 badge)
{
	return badge_find(&table, badge);
}

struct file *file_find(u64 badge)
{
	struct file *f = session_find(badge);

	return f && !f->is_device ? f : 0;
}

void file_close(u64 badge)
{
	struct file *f = session_find(badge);
	struct file **at = &files;

	if (!f)
		return;
	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	watch_clear(&f->watches);
	badge_release(&table, badge);
	slab_free(&slab, f);
}

static struct file *file_create(u32 device, u32 flags)
{
	struct file *f = slab_alloc(&slab);

	if (!f)
		return 0;
	f->badge = badge_take(&table, f);
	if (!f->badge) {
		slab_free(&slab, f);
		return 0;
	}
	f->device = device;
	f->flags = flags;
	f->next = files;
	files = f;
	return f;
}

static s64 file_answer(struct file *f, struct answer *a)
{
	s64 slot = f ? session_mint(f->badge) : -ENFILE;

	if (slot < 0) {
		if (f)
			file_close(f->badge);
		return slot;
	}
	a->cap = (slot_t)slot;
	a->flags = MSG_SEND | MSG_MOVE;
	return 0;
}

/* The capability was not moved: its closed message takes the file away. */
void open_undo(struct answer *a)
{
	if (a->flags & MSG_SEND)
		slot_delete(a->cap);
}

/* fs forwarded through its plain session: the path's last name says which device. */
static s64 device_by_path(const struct request *q)
{
	char path[NAME_BYTES];
	s64 len = window_string(q->reply, 0, path, sizeof(path));
	char *name;

	if (len < 0)
		return len;
	name = path + len;
	while (name > path && name[-1] != '/')
		name--;
	if (strcmp(name, "tty") == 0)
		return TERM_TTY;
	return strcmp(name, "ttyS0") == 0 ? TERM_SERIAL : TERM_CONSOLE;
}

s64 file_open(struct request *q, struct answer *a)
{
	struct file *from = session_find(q->badge);
	const struct process_entry *who = caller_entry(q->tag);
	s64 device;

	if (!from && q->badge >= BADGE_OWN)
		return -EBADF;
	device = from ? (s64)from->device : device_by_path(q);
	if (device < 0)
		return device;
	if (who && who->fsuid != 0 && slab.used >= FILES_MAX - FILES_FOR_ROOT)
		return -ENFILE;
	if (!(q->word[2] & LINUX_O_NOCTTY) && device == TERM_SERIAL)
		job_acquire_by_open(q->tag);
	if (device == TERM_TTY && !job_is_controlling(q->tag))
		return -ENXIO;
	return file_answer(
		file_create((u32)device, ((u32)q->word[2] & FLAGS_KEPT) | LINUX_O_LARGEFILE), a);
}

s64 file_device(struct request *q, struct answer *a)
{
	struct device *d;
	struct file *f;

	if (caller_is_program(q))
		return -EPERM;
	if (q->word[0] >= TERM_DEVICES)
		return -EINVAL;
	d = &devices[q->word[0]];
	d->ino = q->word[1];
	d->dev = (u32)q->word[2];
	d->mode = LINUX_S_IFCHR | ((u32)(q->word[2] >> 32) & 07777);
	f = file_create((u32)q->word[0], 0);
	if (f)
		f->is_device = true;
	return file_answer(f, a);
}

u32 file_ready(void)
{
	u32 minimum = is_set(ICANON) || control_char(VTIME) ? 1 : control_char(VMIN);
	u32 ready = 0;

	if (input_available() >= (minimum ? minimum : 1))
		ready |= POLLIN;
	if (output_room() >= OUTPUT_READY && !waiters_any(&writers))
		ready |= POLLOUT;
	return ready;
}

void files_wake(void)
{
	for (struct file *f = files; f; f = f->next)
		if (watch_any(&f->watches))
			watch_wake(&f->watches, file_ready());
}

s64 file_poll(struct request *q, struct answer *a)
{
	struct file *f = file_find(q->badge);

	(void)a;
	return f ? watch_poll(&f->watches, q, file_ready()) : -EBADF;
}

s64 file_unpoll(struct request *q, struct answer *a)
{
	struct file *f = file_find(q->badge);

	(void)a;
	return f ? watch_forget(&f->watches, q) : -EBADF;
}

s64 file_name(struct request *q, struct answer *a)
{
	struct file *f = session_find(q->badge);

	if (!f)
		return -EBADF;
	a->word[1] = f->device;
	return FD_TERMINAL;
}

s64 file_stat(struct request *q, struct answer *a)
{
	struct file *f = session_find(q->badge);
	struct linux_stat st = {.nlink = 1, .blksize = 1024};
	const struct device *d;

	if (!f)
		return -EBADF;
	d = &devices[f->device];
	st.dev = d->dev;
	st.ino = d->ino;
	st.mode = d->mode;
	st.rdev = d->rdev;
	return stat_answer(q, a, &st);
}

s64 file_fcntl(struct request *q, struct answer *a)
{
	struct file *f = file_find(q->badge);

	(void)a;
	if (!f)
		return -EBADF;
	return fcntl_flags(q, &f->flags, FLAGS_SETTABLE);
}
