/* ELF files, of pieces. */
#include "world_loader.h"

struct elf_head *elf_begin(struct file *f, u16 type, u64 entry)
{
    struct elf_head *h = (void *)f->bytes;

    *h = (struct elf_head){.magic = 0x464c457f,
                           .class = 2,
                           .data = 1,
                           .type = type,
                           .machine = 243,
                           .version = 1,
                           .entry = entry,
                           .phoff = sizeof(*h),
                           .ehsize = sizeof(*h),
                           .phentsize = sizeof(struct elf_part)};
    f->len = sizeof(*h);
    return h;
}

struct elf_part *elf_part(struct file *f, u32 type, u64 offset, u64 vaddr, u64 size)
{
    struct elf_head *h = (void *)f->bytes;
    struct elf_part *p = (void *)(f->bytes + h->phoff + h->phnum++ * sizeof(*p));
    u64 end = (u64)(p + 1) - (u64)f->bytes;

    *p = (struct elf_part){.type = type,
                           .flags = ELF_R,
                           .offset = offset,
                           .vaddr = vaddr,
                           .paddr = vaddr,
                           .filesz = size,
                           .memsz = size,
                           .align = PAGE_SIZE};
    if (end < offset + size)
        end = offset + size;
    if (f->len < end && end <= FILE_MAX)
        f->len = (u32)end;
    return p;
}

void elf_program(struct file *f, u16 type, u64 at, const char *linker)
{
    struct elf_part *data;

    elf_begin(f, type, at + 0x200);
    elf_part(f, ELF_LOAD, 0, at, 0x900)->flags = ELF_R | ELF_X;
    data = elf_part(f, ELF_LOAD, 0x1800, at + 0x2800, 0x100);
    data->flags = ELF_R | ELF_W;
    data->memsz = 0x800 + 2 * PAGE_SIZE;
    if (linker)
        elf_part(f, ELF_INTERP, 0x400, at + 0x400, strlen(linker) + 1);
    for (u32 i = 0x300; i < f->len; i++)
        f->bytes[i] = (u8)(i * 7 | 1);
    if (linker)
        memcpy(f->bytes + 0x400, linker, strlen(linker) + 1);
}
