/*
 * Windows: copies between a caller's memory and another address space, piece by
 * piece, each within what the route or the native caller has opened.  A copy never
 * waits: it stops at the first page that it may not touch and says where.
 */
#include "ipc/window.h"

#include "kernel/trap.h"

#define IOVEC_MAX 1024u

static void from_route(struct thread *t, u32 i)
{
	const struct window_spec *spec = &t->spec[i];
	struct window *w = &t->window[i];
	u64 n;

	if (spec->kind == WINDOW_NONE || spec->kind >= WINDOW_KINDS)
		return;
	w->kind = spec->kind;
	w->access = spec->access & (ACCESS_READ | ACCESS_WRITE);
	w->address = spec->arg % 8 == 0 ? t->original_a0 : argument(t, spec->arg);
	n = argument(t, spec->len_arg);
	if (spec->kind == WINDOW_STRING)
		w->len = WINDOW_STRING_MAX;
	else if (spec->kind == WINDOW_CONST)
		w->len = spec->len;
	else if (spec->kind == WINDOW_ARRAY)
		w->len = n > USER_END / (spec->len | 1) ? USER_END : n * spec->len;
	else
		w->len = n;
}

static void from_registers(struct thread *t)
{
	t->window[0] = (struct window){
		.address = t->forwarded ? 0 : t->frame.t1,
		.len = t->forwarded ? 0 : t->frame.t2,
		.kind = WINDOW_BUFFER,
		.access = ACCESS_READ | ACCESS_WRITE,
	};
}

static void clear(struct window *w)
{
	w->address = w->len = w->before = 0;
	w->kind = WINDOW_NONE;
	w->access = 0;
	w->entry = 0;
}

static void build(struct thread *t)
{
	clear(&t->window[0]);
	clear(&t->window[1]);
	if (t->call_kind == CALL_NATIVE)
		from_registers(t);
	if (t->call_kind == CALL_ROUTED) {
		from_route(t, 0);
		from_route(t, 1);
	}
	t->windows_built = true;
}

struct window *window_of(struct thread *t, u32 i)
{
	if (!t->windows_built)
		build(t);
	return &t->window[i];
}

s32 window_first(struct thread *t, enum access access)
{
	for (s32 i = 0; i < 2; i++)
		if (window_of(t, (u32)i)->access & access)
			return i;
	return -1;
}

u64 window_range(const struct thread *t, u64 address, u64 len)
{
	if (address >= USER_END)
		return 0;
	if (len > USER_END - address)
		len = USER_END - address;
	if (t->cut_at >= (address & ~PAGE_MASK) && t->cut_at < address + len)
		len = t->cut_at > address ? t->cut_at - address : 0;
	return len;
}

/* What lies at an offset in [base, base + len), nothing of which wraps around. */
static u64 piece(const struct thread *t, u64 base, u64 len, u64 offset, u64 *address)
{
	if (offset >= len || base >= USER_END || offset >= USER_END)
		return 0;
	*address = base + offset;
	return window_range(t, *address, len - offset);
}

struct iovec {
	u64 base, len;
};

static bool iovec_read(struct thread *t, const struct window *w, u64 i, struct iovec *v,
		       u64 *stop_address)
{
	u64 at = w->address + i * sizeof(*v);

	if (window_range(t, at, sizeof(*v)) < sizeof(*v))
		return false;
	if (aspace_copy_in(thread_aspace(t), at, v, sizeof(*v)) == sizeof(*v))
		return true;
	*stop_address = at;
	return false;
}

/* Offsets mostly grow: entries that lie before the last one asked for are not read again. */
static u64 iovec_piece(struct thread *t, struct window *w, u64 offset, u64 *address,
		       u64 *stop_address)
{
	struct iovec v;

	if (offset < w->before)
		w->entry = w->before = 0;
	for (; w->entry < w->len && w->entry < IOVEC_MAX; w->entry++) {
		if (!iovec_read(t, w, w->entry, &v, stop_address))
			return 0;
		if (offset - w->before < v.len)
			return piece(t, v.base, v.len, offset - w->before, address);
		w->before += v.len;
	}
	return 0;
}

u64 window_piece(struct thread *t, u32 i, u64 offset, u64 *address, u64 *stop_address)
{
	struct window *w = window_of(t, i);

	*stop_address = 0;
	if (w->kind == WINDOW_IOVEC)
		return iovec_piece(t, w, offset, address, stop_address);
	return piece(t, w->address, w->len, offset, address);
}

u64 window_bytes(struct thread *t, u32 i)
{
	struct window *w = window_of(t, i);
	struct iovec v;
	u64 sum = 0, stop = 0;

	if (w->kind != WINDOW_IOVEC)
		return w->kind == WINDOW_NONE ? 0 : w->len;
	for (u64 k = 0; k < w->len && k < IOVEC_MAX; k++) {
		if (!iovec_read(t, w, k, &v, &stop))
			return ~0ull;
		sum += v.len < USER_END - sum ? v.len : USER_END - sum;
	}
	return sum;
}

u64 window_plain(const struct thread *t, u32 i, enum access access, u64 offset, u64 len)
{
	const struct window_spec *spec = &t->spec[i];
	u64 address = argument(t, spec->arg), room = 0;

	if (t->call_kind == CALL_NATIVE) {
		address = t->frame.t1;
		room = i || t->forwarded ? 0 : t->frame.t2;
	} else if (t->call_kind != CALL_ROUTED || !(spec->access & access)) {
		return 0;
	} else if (spec->kind == WINDOW_BUFFER) {
		room = argument(t, spec->len_arg);
	} else if (spec->kind == WINDOW_CONST) {
		room = spec->len;
	} else if (spec->kind == WINDOW_ARRAY && argument(t, spec->len_arg) <= COPY_MAX) {
		room = argument(t, spec->len_arg) * spec->len;
	}
	if (t->cut || len > COPY_MAX || room < len || offset > room - len
	    || address >= USER_END - COPY_MAX || offset >= USER_END - COPY_MAX - address)
		return 0;
	return address + offset;
}

u64 window_second(struct thread *caller, struct user_place at, u64 room, u64 done)
{
	const struct window_spec *first = &caller->spec[0], *spec = &caller->spec[1];
	struct user_place user = {thread_aspace(caller), 0};
	u64 all = first->len * (first->kind == WINDOW_ARRAY ? argument(caller, first->len_arg) : 1);
	bool at_source;

	if (!(first->access & spec->access & ACCESS_READ) || spec->kind != WINDOW_CONST
	    || (first->kind != WINDOW_CONST && first->kind != WINDOW_ARRAY) || done != all
	    || caller->cut || done + spec->len > room)
		return done;
	user.va = argument(caller, spec->arg);
	at.va += done;
	return aspace_copy(at, user, spec->len, &at_source) == spec->len ? done + spec->len : done;
}

/* Bytes of the window that are meant for a buffer of `size`; 0: it is not simple. */
static u64 simple_len(const struct thread *t, const struct window_spec *spec, u64 size)
{
	u64 len = spec->len, n = argument(t, spec->len_arg);

	if (spec->kind == WINDOW_STRING)
		len = WINDOW_STRING_MAX;
	else if (spec->kind == WINDOW_BUFFER)
		len = n;
	else if (spec->kind == WINDOW_ARRAY)
		len = n < size ? n * len : size;
	else if (spec->kind != WINDOW_CONST)
		len = 0;
	return len < size ? len : size;
}

s64 trap_copy_in(struct thread *caller, struct thread *receiver)
{
	u32 i = !(caller->spec[0].access & ACCESS_READ);
	const struct window_spec *spec = &caller->spec[i];
	u64 buffer = receiver->frame.t4, len;
	struct user_place place = {thread_aspace(receiver), buffer & ~PAGE_MASK}, window;
	bool found;

	if (!buffer_wanted(buffer, spec->kind))
		return 0;
	window = (struct user_place){thread_aspace(caller), argument(caller, spec->arg)};
	len = simple_len(caller, spec, buffer_size(buffer));
	if (!len || window.va >= USER_END || len > USER_END - window.va)
		return -EINVAL;
	if (spec->kind == WINDOW_STRING)
		return (s64)aspace_copy_string(place, window, len, &found);
	return (s64)window_second(caller, place, buffer_size(buffer),
				  aspace_copy(place, window, len, &found));
}

static void copy_string(struct window_copy *w)
{
	u64 address, len = window_piece(w->caller, w->index, w->offset, &address, &w->stop_address);
	bool found = false;

	if (len > w->len)
		len = w->len;
	if (len)
		w->done = aspace_copy_string((struct user_place){w->aspace, w->address},
					     (struct user_place){thread_aspace(w->caller), address},
					     len, &found);
	if (found || w->done == w->len) {
		w->stop = COPY_DONE;
	} else if (w->done == len) {
		w->stop = COPY_WINDOW_END;
	} else {
		w->stop_address = address + w->done;
		w->stop = aspace_page(thread_aspace(w->caller), w->stop_address, ACCESS_READ)
				  ? COPY_OWN_PAGE
				  : COPY_PAGE;
	}
}

/* One contiguous piece; false when the copy is over. */
static bool copy_piece(struct window_copy *w)
{
	struct user_place user = {thread_aspace(w->caller), 0};
	struct user_place own = {w->aspace, w->address + w->done};
	u64 array, did, len;
	bool at_source = false;

	len = window_piece(w->caller, w->index, w->offset + w->done, &user.va, &array);
	if (!len) {
		w->stop = array ? COPY_PAGE : COPY_WINDOW_END;
		w->stop_address = array;
		return false;
	}
	if (len > w->len - w->done)
		len = w->len - w->done;
	did = w->out ? aspace_copy(user, own, len, &at_source)
		     : aspace_copy(own, user, len, &at_source);
	w->done += did;
	if (did == len)
		return true;
	w->stop = at_source == w->out ? COPY_OWN_PAGE : COPY_PAGE;
	w->stop_address = user.va + did;
	return false;
}

void window_copy(struct window_copy *w)
{
	u64 wanted = w->len;
	u32 pieces = 0;

	w->done = 0;
	w->stop = COPY_DONE;
	w->stop_address = 0;
	if (w->len > COPY_MAX)
		w->len = COPY_MAX;
	if (window_of(w->caller, w->index)->kind == WINDOW_STRING && !w->out) {
		copy_string(w);
		return;
	}
	while (w->done < w->len) {
		if (pieces++ == IOVEC_MAX_PER_COPY)
			break;
		if (!copy_piece(w))
			return;
	}
	if (w->done < wanted)
		w->stop = COPY_LIMIT;
}
