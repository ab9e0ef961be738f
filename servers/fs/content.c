/*
 * The pages of regular files: one memory object for each, read and written in place.
 *
 * The one idea: an object's pages are mapped here from the file's beginning on, and
 * `held` says how far; a read or write below it asks nobody.  What objects hold
 * together is limited, so that files never take the last frame.
 */
#include "ipc/proto/memory.h"
#include "servers/fs/fs_server.h"

#define READ_AHEAD 64u /* pages asked for at once */

static u64 total;
static u64 limit;

void content_init(u64 total_pages)
{
	limit = total_pages / 2;
}

u64 content_pages(void)
{
	return total;
}

u64 content_limit(void)
{
	return limit;
}

static u64 pages_of(u64 bytes)
{
	return (bytes + PAGE_MASK) >> PAGE_SHIFT;
}

static u64 power_of_two(u64 n)
{
	u64 p = 1;

	while (p < n)
		p *= 2;
	return p;
}

/* Asks how many pages the object has now: the account follows. */
static void account_sync(struct content *c)
{
	s64 pages = c->object ? call1(MEMORY, MEM_OBJECT_INFO, c->object) : 0;

	if (pages < 0)
		return;
	total += (u64)pages - c->pages;
	c->pages = (u64)pages;
}

void content_sync(struct inode *i)
{
	account_sync(&i->content);
}

static s32 object_make(struct inode *i, u64 npages)
{
	struct content *c = &i->content;
	struct message m = {.word = {i->ino, power_of_two(npages)}, .label = MEM_OBJECT_CREATE};

	if (msg_call(MEMORY, &m) < 0)
		return -ENOSPC;
	c->object = m.word[0];
	c->address = server_pointer(m.word[1]);
	c->range = power_of_two(npages);
	c->object_size = 0;
	c->held = 0;
	return 0;
}

/* The first npages of the file have addresses here. */
static s32 range_reserve(struct inode *i, u64 npages)
{
	struct content *c = &i->content;
	struct message m = {.word = {c->object, power_of_two(npages)}, .label = MEM_OBJECT_ATTACH};

	if (!c->object)
		return object_make(i, npages);
	if (npages <= c->range)
		return 0;
	if (msg_call(MEMORY, &m) < 0)
		return -ENOSPC;
	c->address = server_pointer(m.word[1]);
	c->range = power_of_two(npages);
	return 0;
}

/* Memory lets nobody touch pages behind the size that it was told. */
static s32 object_cover(struct content *c, u64 size)
{
	u64 bytes = pages_of(size) << PAGE_SHIFT;

	if (!c->object || size <= c->object_size)
		return 0;
	if (call2(MEMORY, MEM_OBJECT_RESIZE, c->object, bytes) < 0)
		return -ENOSPC;
	c->object_size = bytes;
	return 0;
}

s32 content_hold(struct inode *i, u64 offset, u64 len)
{
	struct content *c = &i->content;
	u64 first = offset >> PAGE_SHIFT;
	u64 behind = pages_of(offset + len);

	if (behind <= c->held)
		return 0;
	if (first < c->held)
		first = c->held;
	if (total + (behind - first) > limit && c->pages < behind)
		return -ENOSPC;
	if (range_reserve(i, behind))
		return -ENOSPC;
	if (call_words(MEMORY, MEM_OBJECT_HOLD,
		       (const u64[4]){c->object, first, behind - first, ACCESS_WRITE})
	    < 0) {
		account_sync(c);
		return -ENOSPC;
	}
	account_sync(c);
	if (first == c->held)
		c->held = behind;
	return 0;
}

/* Bytes from offset on that lie together: at *at, or in a hole. */
s64 content_span(struct inode *i, u64 offset, u64 len, const u8 **at)
{
	struct content *c = &i->content;
	u64 first = offset >> PAGE_SHIFT;
	u64 there = c->held > first ? c->held - first : 0;
	u64 want = pages_of(offset + len) - first;
	struct message m = {.label = MEM_OBJECT_HOLD};

	*at = 0;
	if (!c->object)
		return (s64)len;
	if (there == 0) {
		if (range_reserve(i, first + want))
			return -ENOMEM;
		m.word[0] = c->object;
		m.word[1] = first;
		m.word[2] = want < READ_AHEAD ? want : READ_AHEAD;
		m.word[3] = ACCESS_READ;
		if (msg_call(MEMORY, &m) < 0)
			return -ENOMEM;
		there = m.word[0];
		if (first == c->held)
			c->held += there;
	}
	if (there)
		*at = c->address + offset;
	there = ((there ? there : m.word[1]) << PAGE_SHIFT) - (offset & PAGE_MASK);
	return (s64)(there < len ? there : len);
}

/* Bytes behind the file's end may have been written through a mapping, or by a write that
 * stopped: nobody is to read them. */
void content_gap_clear(struct inode *i, u64 to)
{
	struct content *c = &i->content;
	u64 end = c->held << PAGE_SHIFT;

	if (to > end)
		to = end;
	if (i->size < to)
		memset(c->address + i->size, 0, to - i->size);
}

static s32 content_shrink(struct inode *i, u64 size)
{
	struct content *c = &i->content;

	if (call2(MEMORY, MEM_OBJECT_RESIZE, c->object, size) < 0)
		return -EIO;
	c->object_size = size;
	c->is_adopted = c->is_adopted && size;
	if (c->held > pages_of(size))
		c->held = pages_of(size);
	account_sync(c);
	return 0;
}

s32 content_extend(struct inode *i, u64 size)
{
	s32 error = object_cover(&i->content, size);

	if (!error)
		i->size = size;
	return error;
}

s32 content_resize(struct inode *i, u64 size)
{
	struct content *c = &i->content;
	s32 error = 0;

	if (size > FILE_SIZE_MAX)
		return -EFBIG;
	if (size < i->size && c->object) {
		error = content_shrink(i, size);
	} else if (size > i->size) {
		content_gap_clear(i, size);
		error = content_extend(i, size);
	}
	if (!error)
		i->size = size;
	return error;
}

s32 content_adopt(struct inode *i, frame_t first, u64 npages)
{
	struct content *c = &i->content;

	if (object_make(i, npages)
	    || call_words(MEMORY, MEM_OBJECT_ADOPT, (const u64[4]){c->object, 0, first, npages})
		       < 0) {
		content_destroy(i);
		return -ENOSPC;
	}
	c->is_adopted = true;
	c->object_size = npages << PAGE_SHIFT;
	c->pages = npages;
	total += npages;
	i->size = c->object_size;
	return 0;
}

/* Only what nobody maps: those who do would not see what is written. */
static bool may_move(const struct content *c)
{
	struct message m = {.word = {c->object}, .label = MEM_OBJECT_INFO};

	return c->is_adopted && msg_call(MEMORY, &m) >= 0 && m.word[1] == 0;
}

s32 content_own(struct inode *i)
{
	struct content *c = &i->content, old;
	u64 size = i->size;
	s32 error;

	if (!may_move(c))
		return 0;
	error = content_hold(i, 0, size);
	if (error)
		return error;
	content_sessions_drop(i);
	old = *c;
	*c = (struct content){.writers = old.writers, .executors = old.executors};
	i->size = 0;
	error = content_hold(i, 0, size);
	if (!error) {
		memcpy(c->address, old.address, size);
		error = content_extend(i, size);
	}
	if (error) {
		content_destroy(i);
		*c = old;
		i->size = size;
		return error;
	}
	total -= old.pages;
	call1(MEMORY, MEM_OBJECT_DESTROY, old.object);
	return 0;
}

s64 content_session(struct inode *i, bool writable)
{
	struct content *c = &i->content;
	u64 word[4] = {0, ACCESS_READ | ACCESS_EXEC | (writable ? ACCESS_WRITE : 0)};
	slot_t slot;
	s64 error;

	if (c->session[writable])
		return c->session[writable];
	if (range_reserve(i, 1) || object_cover(c, i->size))
		return -ENOMEM;
	word[0] = c->object;
	error = call_receive(MEMORY, MEM_OBJECT_SESSION, word, &slot);
	if (error < 0)
		return error;
	c->session[writable] = slot;
	return slot;
}

void content_sessions_drop(struct inode *i)
{
	for (u32 k = 0; k < 2; k++) {
		if (i->content.session[k])
			slot_delete(i->content.session[k]);
		i->content.session[k] = 0;
	}
}

void content_destroy(struct inode *i)
{
	struct content *c = &i->content;

	content_sessions_drop(i);
	if (c->object)
		call1(MEMORY, MEM_OBJECT_DESTROY, c->object);
	total -= c->pages;
	*c = (struct content){0};
}
