/*
 * Open files: one for each session that this server gave away.
 *
 * A badge finds its open file; dup and fork copy the capability, so they share offset
 * and flags without anybody doing anything.  The closed message is the only close.
 * Each user has a limit of his own, well below what all have together.
 */
#include "ipc/proto/process_table.h"
#include "servers/fs/fs_server.h"

#define FILES_MAX 8192u
#define FILES_OF_USER (FILES_MAX / 2)
#define ACCOUNTS 64u

static struct badge_entry entries[FILES_MAX];
struct badge_table open_files = {.entry = entries, .size = FILES_MAX};
static struct slab slab = {.size = sizeof(struct open_file)};

/* Open files of each user; who finds no account of his own shares the last one. */
static struct {
	u32 uid;
	u32 files;
} accounts[ACCOUNTS];

static u32 account_of(u32 uid)
{
	u32 unused = ACCOUNTS - 1;

	for (u32 i = 0; i < ACCOUNTS; i++) {
		if (accounts[i].files && accounts[i].uid == uid)
			return i;
		if (!accounts[i].files && unused == ACCOUNTS - 1)
			unused = i;
	}
	accounts[unused].uid = uid;
	return unused;
}

/* EBADF, or EXDEV for a descriptor of another server. */
s64 open_of_descriptor(const struct request *q, s32 descriptor, struct open_file **f)
{
	s64 badge;

	if (descriptor < 0 || (u32)descriptor >= SLOT_FIXED)
		return -EBADF;
	badge = call1(q->reply, REPLY_BADGE, (u32)descriptor);
	if (badge < 0)
		return badge;
	*f = open_find((u64)badge);
	return *f ? 0 : -EBADF;
}

struct open_file *open_of(const struct request *q)
{
	struct open_file *f = open_find(q->badge);

	if (!f)
		open_of_descriptor(q, (s32)q->word[0], &f);
	return f && f->kind == OPEN_FILE && !(f->flags & LINUX_O_PATH) ? f : 0;
}

/* Of a regular file: nobody may execute it meanwhile. */
static bool may_write(const struct open_file *f)
{
	return f->may & MAY_WRITE && f->kind == OPEN_FILE && is_type(f->inode, S_IFREG)
	       && !f->inode->proc;
}

static u32 may_of(u32 flags, enum open_kind kind)
{
	static const u32 may[4] = {MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE, 0};
	u32 mode = flags & LINUX_O_ACCMODE;

	return kind == OPEN_WHERE || flags & LINUX_O_PATH ? 0 : may[mode];
}

static void file_free(struct open_file *f)
{
	struct inode *i = f->inode;

	if (may_write(f))
		i->content.writers--;
	if (f->kind == OPEN_EXEC)
		i->content.executors--;
	block_free(f->text, f->text_size);
	locks_drop(f);
	accounts[f->account].files--;
	badge_release(&open_files, f->badge);
	slab_free(&slab, f);
	inode_release(i);
}

static struct open_file *file_make(struct inode *i, u32 flags, enum open_kind kind,
				   const struct caller *who)
{
	u32 account = account_of(who->uid);
	struct open_file *f;
	u64 badge;

	if (who->uid != 0 && accounts[account].files >= FILES_OF_USER)
		return 0;
	f = slab_take(&slab);
	badge = f ? badge_take(&open_files, f) : 0;
	if (!badge) {
		if (f)
			slab_free(&slab, f);
		return 0;
	}
	*f = (struct open_file){.inode = i,
				.flags = flags,
				.kind = kind,
				.may = may_of(flags, kind),
				.account = account,
				.opener = who->entry ? who->entry->pid : 0,
				.badge = badge};
	accounts[account].files++;
	inode_hold(i);
	if (may_write(f))
		i->content.writers++;
	if (kind == OPEN_EXEC)
		i->content.executors++;
	return f;
}

s64 open_session(struct inode *i, u32 flags, enum open_kind kind, const struct caller *who)
{
	struct open_file *f = file_make(i, flags, kind, who);
	s64 slot;

	if (!f)
		return -ENFILE;
	slot = session_mint(f->badge);
	if (slot < 0)
		file_free(f);
	return slot;
}

/* The session is made with the answer. */
s64 open_answer(struct inode *i, u32 flags, const struct request *q, struct answer *a)
{
	struct caller who = caller_of(q);
	struct open_file *f = file_make(i, flags, OPEN_FILE, &who);

	if (!f)
		return -ENFILE;
	return session_answer(a, f->badge);
}

void open_closed(u64 badge)
{
	struct open_file *f = open_find(badge);

	if (!f)
		return;
	file_free(f);
	inodes_sweep();
}

u64 open_count(void)
{
	return slab.used;
}
