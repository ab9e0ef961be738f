/*
 * The loader: what its files share.
 *
 * Reading order: main.c (from the file to the commit), script.c (#! lines), image.c (ELF
 * files), stack.c (what the program finds on its stack), linux.c (the calls).
 *
 * It runs in the new program's address space with the new program's rights and no
 * more: whatever a hostile file makes it do, only that program is harmed.  Every error
 * ends in fail(): execve returns it to the old image.
 */
#pragma once

#include "ipc/proto/process.h"
#include "servers/lib/server.h"

#define FILE_DESCRIPTOR 0 /* the program's file; descriptor 1 an interpreter's */
#define HEAD_BYTES 256u   /* of a file, enough for a #! line */
/* What few execs need: not in the page of what all do. */
#define RARE __attribute__((section(".bss.0rare")))
#define FILE_BYTES 1024u /* of a file that are read at once: mostly all of its headers */

/* The beginning of the file that was looked at last. */
struct beginning {
	u64 len;
	u8 bytes[FILE_BYTES];
};

/* What one ELF file became. */
struct image {
	u64 bias; /* added to the addresses in the file */
	u64 entry;
	u64 end;     /* of the highest segment, in memory */
	u64 headers; /* address of the program headers, 0: not mapped */
	u64 nheaders;
	char interpreter[256]; /* PT_INTERP, empty: none */
};

/* --- main.c: ends the loader --- */
__attribute__((noreturn)) void fail(s64 error);
static inline s64 must(s64 result)
{
	if (result < 0)
		fail(result);
	return result;
}

/* --- script.c --- */
/* If the file begins with #!, makes descriptor 0 its interpreter and puts that in front of the
 * arguments; true if it did. */
bool script_open(struct loader_start **start, const char *head, u64 len);
u64 string_skip(const struct loader_start *s, u64 at); /* address behind the string at `at` */

/* --- image.c --- */
void image_load(struct image *i, const struct beginning *b, u32 descriptor, u64 base);

/* --- stack.c --- */
u64 stack_build(const struct loader_start *s, const struct image *program,
		const struct image *interpreter); /* the stack pointer */
u64 environment_at(const struct loader_start *s); /* where the arguments end */

/* --- linux.c: 0 or more, or a negative errno --- */
s64 linux_call(const u64 arguments[6], u64 number);
s64 file_open(const char *path); /* that the program may execute */
s64 file_read(u32 descriptor, void *to, u64 len, u64 offset);
void file_begin(struct beginning *b, u32 descriptor);
s64 file_replace(u32 descriptor); /* becomes descriptor 0 */
s64 file_map(u32 descriptor, u64 address, u64 len, u32 rights, u64 offset);
s64 memory_map(u64 address, u64 len, u32 rights); /* zeroed; address 0: anywhere, nothing there */
void file_close(u32 descriptor);
