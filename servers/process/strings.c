/*
 * exec's strings: argv, environ and the path, gathered from the old image.
 *
 * They are copied once into pages of this server, which are kept for the next exec,
 * and from there, behind struct loader_start, to the top of the new stack.  The limits
 * are Linux's: 128 KiB for one string, 2 MiB for all with their pointers.
 */
#include "servers/process/process_server.h"

#define STRINGS_MAX 0x200000u
#define STRING_MAX 0x20000u
#define STRING_PAGES (STRINGS_MAX / PAGE_SIZE)
#define STEP 512u    /* bytes that are read at once */
#define POINTERS 32u /* pointers that are read at once */

static u8 *page[STRING_PAGES];
static u64 used, npointers; /* of the pages, with the struct */

static s32 page_there(u64 at)
{
	u8 **p = &page[at >> PAGE_SHIFT];

	if (at >= STRINGS_MAX)
		return -E2BIG;
	if (!*p)
		*p = heap_pages(1);
	return *p ? 0 : -ENOMEM;
}

/* What was read of the old image last: strings mostly lie one behind the other. */
static struct {
	u64 address, len;
	u8 bytes[STEP];
} ahead;

/* Bytes at `address` of s, at least one; *n: how many. */
static s32 bytes_at(const struct space *s, u64 address, const u8 **at, u64 *n)
{
	s64 got;

	if (address - ahead.address >= ahead.len) {
		u64 room = PAGE_SIZE - (address & PAGE_MASK);
		ahead.len = 0;
		got = space_read_string(s, address, ahead.bytes, room < STEP ? room : STEP);
		if (got < 0)
			return (s32)got;
		ahead.address = address;
		ahead.len = (u64)got;
	}
	*at = ahead.bytes + (address - ahead.address);
	*n = ahead.len - (address - ahead.address);
	return 0;
}

/* Appends n bytes, or up to a NUL, which sets *ended. */
static s32 piece_append(const u8 *from, u64 n, bool *ended)
{
	const u8 *end = from + n;
	u8 byte = 1;

	while (from < end && byte) {
		u64 room = PAGE_SIZE - (used & PAGE_MASK), part = (u64)(end - from);
		const u8 *stop = from + (part < room ? part : room), *begin = from;
		s32 error = page_there(used);
		u8 *to;
		if (error)
			return error;
		to = page[used >> PAGE_SHIFT] + (used & PAGE_MASK);
		while (from < stop && byte)
			*to++ = byte = *from++;
		used += (u64)(from - begin);
	}
	*ended = !byte;
	return 0;
}

/* Appends the string at `address` of s, its NUL included. */
static s32 string_append(const struct space *s, u64 address)
{
	u64 begin = used, n = 0;
	bool ended = false;
	const u8 *at = 0;

	while (!ended) {
		s32 error = bytes_at(s, address, &at, &n);
		if (!error)
			error = piece_append(at, n, &ended);
		if (error)
			return error;
		address += n;
		if (used - begin > STRING_MAX || used + npointers * 8 > STRINGS_MAX)
			return -E2BIG;
	}
	return 0;
}

static s32 bytes_append(const char *text)
{
	do {
		s32 error = page_there(used);
		if (error)
			return error;
		page[used >> PAGE_SHIFT][used & PAGE_MASK] = (u8)*text;
		used++;
	} while (*text++);
	return 0;
}

/* Pointers up to a page's end, so that none behind the array's last is touched. */
static s32 pointers_read(const struct space *s, u64 address, u64 to[POINTERS], u64 *n)
{
	u64 here = (PAGE_SIZE - (address & PAGE_MASK)) / 8;

	*n = here > POINTERS ? POINTERS : here ? here : 1;
	return space_read(s, address, to, *n * 8);
}

/* All strings of an array of pointers that ends with 0; a null array is empty. */
static s32 array_append(const struct space *s, u64 address, u64 *count)
{
	u64 pointer[POINTERS], n;
	s32 error;

	*count = 0;
	while (address) {
		error = pointers_read(s, address, pointer, &n);
		for (u64 i = 0; !error && i < n; i++, ++*count) {
			if (!pointer[i])
				return 0;
			if (used + ++npointers * 8 > STRINGS_MAX)
				return -E2BIG;
			error = string_append(s, pointer[i]);
		}
		if (error)
			return error;
		address += n * 8;
	}
	return 0;
}

/* pointers: path, argv, environ.  Order in the new image: arguments, environment, path. */
s32 strings_gather(const struct space *s, const u64 pointers[3], struct loader_start *l)
{
	s32 error;

	used = sizeof(*l);
	npointers = ahead.len = 0;
	error = array_append(s, pointers[1], &l->argc);
	if (!error && l->argc == 0) {
		l->argc = 1; /* a program may rely on argv[0] */
		error = bytes_append("");
	}
	if (!error)
		error = array_append(s, pointers[2], &l->envc);
	l->execfn = used;
	if (!error)
		error = string_append(s, pointers[0]);
	return error;
}

s32 strings_init_program(const char *path, struct loader_start *l)
{
	s32 error;

	used = sizeof(*l);
	npointers = 0;
	error = bytes_append(path);
	l->argc = 1;
	l->envc = 0;
	l->execfn = used;
	return error ? error : bytes_append(path);
}

/* The path: the last string, in one piece unless it crosses a page. */
void strings_name(const struct loader_start *l, char name[16])
{
	u64 at = l->execfn, n = 0;

	for (; at < used; at++) {
		char c = (char)page[at >> PAGE_SHIFT][at & PAGE_MASK];
		if (c == '/')
			n = 0;
		else if (c && n < 15)
			name[n++] = c;
	}
	memset(name + n, 0, 16 - n);
}

/* Writes all just below STACK_TOP, with addresses in *l: where that lies. */
s64 strings_store(const struct space *s, struct loader_start *l)
{
	u64 base = (STACK_TOP - used) & ~7ull;

	l->stack = base;
	l->strings = base + sizeof(*l);
	l->strings_len = used - sizeof(*l);
	l->execfn += base;
	memcpy(page[0], l, sizeof(*l));
	for (u64 at = 0; at < used; at += PAGE_SIZE) {
		u64 n = used - at < PAGE_SIZE ? used - at : PAGE_SIZE;
		s32 error = space_write(s, base + at, page[at >> PAGE_SHIFT], n);
		if (error)
			return error;
	}
	return (s64)base;
}
