/*
 * The boot archive: a cpio archive (newc) that is read where it lies.
 *
 * The data of every member is page aligned (the name is padded), so a flat image
 * is mapped from the archive's own frames and nothing is copied.  The archive is
 * walked once; the few members are kept in a list.
 */
#include "servers/root/root.h"

#define CPIO_HEADER 110u
#define CPIO_FILESIZE 54u
#define CPIO_NAMESIZE 94u
#define MEMBERS 24u
#define ARCHIVE_AT SERVER_ARCHIVE

static struct {
	const char *name;
	struct member member;
} list[MEMBERS];
static u32 nlist;

static u64 hex8(const u8 *p)
{
	u64 value = 0;

	for (u32 i = 0; i < 8; i++)
		value = value << 4 | (u64)(p[i] <= '9' ? p[i] - '0' : (p[i] | 32) - 'a' + 10);
	return value;
}

static u64 align4(u64 at)
{
	return (at + 3) & ~3ull;
}

static void archive_index(const u8 *archive, u64 size, frame_t first)
{
	u64 at = 0;

	while (nlist < MEMBERS && at + CPIO_HEADER < size && !memcmp(archive + at, "070701", 6)) {
		u64 bytes = hex8(archive + at + CPIO_FILESIZE);
		u64 data = align4(at + CPIO_HEADER + hex8(archive + at + CPIO_NAMESIZE));
		if (data > size || bytes > size - data)
			break;
		list[nlist].name = (const char *)archive + at + CPIO_HEADER;
		if (bytes && !(data & PAGE_MASK))
			list[nlist++].member = (struct member){
				.data = archive + data,
				.bytes = bytes,
				.first = first + (data >> PAGE_SHIFT),
				.npages = (bytes + PAGE_MASK) >> PAGE_SHIFT,
			};
		at = align4(data + bytes);
	}
}

void archive_map(const struct boot_info *from)
{
	struct mapping m = {.aspace = SERVER_ASPACE,
			    .pool = SERVER_POOL,
			    .address = ARCHIVE_AT,
			    .rights = ACCESS_READ};

	frames_map(&m, from->archive.first, from->archive.npages);
	archive_index((const u8 *)server_at(ARCHIVE_AT), from->archive_bytes, from->archive.first);
}

struct member archive_find(const char *name)
{
	for (u32 i = 0; i < nlist; i++)
		if (!strcmp(list[i].name, name))
			return list[i].member;
	return (struct member){0};
}

static bool segment_is_valid(const struct flat_segment *s, u64 bytes)
{
	u64 all = s->vaddr | s->offset | s->filesz | s->memsz;

	return !(all & PAGE_MASK) && s->offset <= bytes && s->filesz <= bytes - s->offset
	       && s->filesz <= s->memsz && s->vaddr < SERVER_STACK_TOP
	       && s->memsz <= SERVER_STACK_TOP - s->vaddr
	       && !(s->flags & ~(u64)(ACCESS_READ | ACCESS_WRITE | ACCESS_EXEC))
	       && (s->flags & (ACCESS_WRITE | ACCESS_EXEC)) != (ACCESS_WRITE | ACCESS_EXEC);
}

static bool flat_is_valid(const struct member *m)
{
	const struct flat_header *flat = (const void *)m->data;

	if (m->bytes < PAGE_SIZE || flat->magic != FLAT_MAGIC || flat->nsegments > FLAT_SEGMENTS)
		return false;
	for (u32 i = 0; i < flat->nsegments; i++)
		if (!segment_is_valid(&flat->segment[i], m->bytes))
			return false;
	return true;
}

struct member archive_find_server(const char *name)
{
	char path[40];
	struct member m;

	format_text(path, sizeof(path), "servers/%s", name);
	m = archive_find(path);
	if (m.data && !flat_is_valid(&m))
		root_fail("not a flat image:", name, 0);
	return m;
}
