/*
 * ELF files: what a file says is checked before it is believed.
 *
 * Segments are mapped from the file, privately; what memory has beyond the file is
 * zero.  Addresses must lie below the stack, so that no file unmaps the loader.
 */
#include "servers/loader/loader.h"

#define MAGIC 0x464c457fu
#define CLASS_64_LITTLE 0x0102 /* e_ident[4], [5] */
#define MACHINE_RISCV 243
#define ET_EXEC 2
#define ET_DYN 3
#define PT_LOAD 1
#define PT_INTERP 3
#define PT_PHDR 6
#define PF_X 1
#define PF_W 2
#define PF_R 4
#define HEADERS_MAX 64
#define LOWEST 0x10000ull
#define HIGHEST (STACK_TOP - STACK_BYTES)

struct elf_header {
	u32 magic;
	u16 class_data;
	u8 ident[10];
	u16 type, machine;
	u32 version;
	u64 entry, phoff, shoff;
	u32 flags;
	u16 ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
struct elf_segment {
	u32 type, flags;
	u64 offset, vaddr, paddr, filesz, memsz, align;
};
_Static_assert(sizeof(struct elf_header) == 64 && sizeof(struct elf_segment) == 56, "ELF64");

static struct elf_header header;
static const struct elf_segment *segment; /* in the beginning of the file, or in `more` */

static u64 page_down(u64 x)
{
	return x & ~PAGE_MASK;
}

static u64 page_up(u64 x)
{
	return (x + PAGE_MASK) & ~PAGE_MASK;
}

static void check(bool good)
{
	if (!good)
		fail(-ENOEXEC);
}

/* --- Reading ----------------------------------------------------------------------------- */

static void read_all(u32 descriptor, void *to, u64 len, u64 offset)
{
	check(must(file_read(descriptor, to, len, offset)) == (s64)len);
}

static void segment_check(const struct elf_segment *g)
{
	if (g->type != PT_LOAD)
		return;
	check(g->filesz <= g->memsz && g->memsz <= HIGHEST && g->vaddr <= HIGHEST);
	check(g->offset < 1ull << 62 && g->filesz < 1ull << 40);
	check((g->vaddr & PAGE_MASK) == (g->offset & PAGE_MASK));
}

/* The segments: from what is read already, if they are there. */
static void segments_read(const struct beginning *b, u32 descriptor)
{
	static struct elf_segment more[HEADERS_MAX] RARE;
	u64 len = header.phnum * sizeof(segment[0]);

	if (header.phoff + len <= b->len && header.phoff % 8 == 0) {
		segment = (const void *)(b->bytes + header.phoff);
		return;
	}
	read_all(descriptor, more, len, header.phoff);
	segment = more;
}

static void headers_read(const struct beginning *b, u32 descriptor)
{
	check(b->len >= sizeof(header));
	memcpy(&header, b->bytes, sizeof(header));
	check(header.magic == MAGIC && header.class_data == CLASS_64_LITTLE);
	check(header.machine == MACHINE_RISCV);
	check(header.type == ET_EXEC || header.type == ET_DYN);
	check(header.phentsize == sizeof(struct elf_segment));
	check(header.phnum > 0 && header.phnum <= HEADERS_MAX && header.phoff < 1ull << 40);
	segments_read(b, descriptor);
	for (u32 i = 0; i < header.phnum; i++)
		segment_check(&segment[i]);
}

static void interpreter_read(struct image *i, u32 descriptor, const struct elf_segment *g)
{
	check(g->filesz > 1 && g->filesz <= sizeof(i->interpreter) && g->offset < 1ull << 62);
	read_all(descriptor, i->interpreter, g->filesz, g->offset);
	check(i->interpreter[g->filesz - 1] == 0);
}

/* --- Mapping ----------------------------------------------------------------------------- */

/* [*low, *high): pages of all segments, as the file has them. */
static void extent(u64 *low, u64 *high)
{
	*low = ~0ull;
	*high = 0;
	for (u32 i = 0; i < header.phnum; i++) {
		const struct elf_segment *g = &segment[i];
		if (g->type != PT_LOAD)
			continue;
		if (page_down(g->vaddr) < *low)
			*low = page_down(g->vaddr);
		if (page_up(g->vaddr + g->memsz) > *high)
			*high = page_up(g->vaddr + g->memsz);
	}
	check(*high > *low && *high - *low <= HIGHEST - LOWEST);
}

/* Position-independent files go to `base`, or, if that is 0, where memory finds room for all. */
static u64 bias_choose(u64 base, u64 low, u64 high)
{
	u64 bias = 0;

	if (header.type == ET_DYN && !base)
		return (u64)must(memory_map(0, high - low, 0)) - low;
	if (header.type == ET_DYN)
		bias = base - low;
	check(low + bias >= LOWEST && high + bias <= HIGHEST && high + bias > low + bias);
	return bias;
}

static u32 rights_of(const struct elf_segment *g)
{
	return (g->flags & PF_R ? ACCESS_READ : 0) | (g->flags & PF_W ? ACCESS_WRITE : 0)
	       | (g->flags & PF_X ? ACCESS_EXEC : 0);
}

/* What lies behind the file's bytes: the rest of their last page, then whole pages. */
static void zero_fill(const struct elf_segment *g, u64 start, u32 rights)
{
	u64 end = page_up(start + g->memsz), file_end = start + g->filesz;
	u64 whole = g->filesz ? page_up(file_end) : page_down(start);

	if (g->memsz == g->filesz)
		return;
	if (rights & ACCESS_WRITE && g->filesz && whole > file_end)
		memset((void *)file_end, 0, whole - file_end);
	if (end > whole)
		must(memory_map(whole, end - whole, rights));
}

static void segment_map(const struct elf_segment *g, u32 descriptor, u64 bias)
{
	u64 start = g->vaddr + bias, shift = start & PAGE_MASK;
	u32 rights = rights_of(g);

	if (g->filesz)
		must(file_map(descriptor, start - shift, page_up(g->filesz + shift), rights,
			      g->offset - shift));
	zero_fill(g, start, rights);
}

/* Where the program headers are in memory: PT_PHDR, or in the segment that has them. */
static u64 headers_address(u64 bias)
{
	for (u32 i = 0; i < header.phnum; i++) {
		const struct elf_segment *g = &segment[i];
		if (g->type == PT_PHDR)
			return g->vaddr + bias;
		if (g->type == PT_LOAD && g->offset <= header.phoff
		    && header.phoff < g->offset + g->filesz)
			return header.phoff - g->offset + g->vaddr + bias;
	}
	return 0;
}

void image_load(struct image *i, const struct beginning *b, u32 descriptor, u64 base)
{
	u64 low, high;

	headers_read(b, descriptor);
	extent(&low, &high);
	i->bias = bias_choose(base, low, high);
	i->end = high + i->bias;
	i->entry = header.entry + i->bias;
	i->nheaders = header.phnum;
	i->headers = headers_address(i->bias);
	for (u32 n = 0; n < header.phnum; n++) {
		if (segment[n].type == PT_LOAD && segment[n].memsz)
			segment_map(&segment[n], descriptor, i->bias);
		if (segment[n].type == PT_INTERP && !i->interpreter[0])
			interpreter_read(i, descriptor, &segment[n]);
	}
}
