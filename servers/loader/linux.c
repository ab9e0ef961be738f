/*
 * The Linux calls that the loader makes.
 */
#include "servers/lib/linux.h"
#include "servers/loader/loader.h"

#define AT_FDCWD ((u64)-100)
#define X_OK 1
#define AT_EACCESS 0x200
#define MAP_PRIVATE 2u
#define MAP_FIXED 0x10u
#define MAP_ANONYMOUS 0x20u
#define CALL_FACCESSAT2 439
#define CALL_CLOSE 57
#define CALL_DUP3 24

static s64 call(u64 number, u64 a, u64 b, u64 c, u64 d)
{
	return linux_call((const u64[6]){a, b, c, d, 0, 0}, number);
}

s64 file_open(const char *path)
{
	s64 error = call(CALL_FACCESSAT2, AT_FDCWD, (u64)path, X_OK, AT_EACCESS);

	if (error < 0 && error != -ENOSYS)
		return error;
	return call(LINUX_openat, AT_FDCWD, (u64)path, LINUX_O_RDONLY, 0);
}

s64 file_read(u32 descriptor, void *to, u64 len, u64 offset)
{
	s64 n = call(LINUX_pread64, descriptor, (u64)to, len, offset);

	return n == -EISDIR ? -EACCES : n; /* a directory is no program */
}

void file_begin(struct beginning *b, u32 descriptor)
{
	b->len = (u64)must(file_read(descriptor, b->bytes, sizeof(b->bytes), 0));
}

s64 file_replace(u32 descriptor)
{
	s64 error = call(CALL_DUP3, descriptor, FILE_DESCRIPTOR, 0, 0);

	file_close(descriptor);
	return error;
}

void file_close(u32 descriptor)
{
	call(CALL_CLOSE, descriptor, 0, 0, 0);
}

/* enum access has the values of PROT_READ, PROT_WRITE, PROT_EXEC. */
s64 file_map(u32 descriptor, u64 address, u64 len, u32 rights, u64 offset)
{
	return linux_call(
		(const u64[6]){address, len, rights, MAP_PRIVATE | MAP_FIXED, descriptor, offset},
		LINUX_mmap);
}

s64 memory_map(u64 address, u64 len, u32 rights)
{
	return linux_call((const u64[6]){address, len, rights,
					 MAP_PRIVATE | MAP_ANONYMOUS | (address ? MAP_FIXED : 0),
					 (u64)-1, 0},
			  LINUX_mmap);
}
