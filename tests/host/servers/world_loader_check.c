/*
 * What must hold of a program that begins: its memory is what its file says, its stack what Linux
 * shows, and nothing else is open.
 */
#include "world_loader.h"

#include <stdio.h>

static struct elf_part part_of(const struct file *f, u32 i)
{
    const struct elf_head *h = (const void *)f->bytes;
    struct elf_part p = {0};

    if (h->phoff + (i + 1) * sizeof(p) > f->len)
        sim_broken("a program begins whose headers its file has not");
    memcpy(&p, f->bytes + h->phoff + i * sizeof(p), sizeof(p));
    return p;
}

/* --- Memory ----------------------------------------------------------------------------- */

static u64 page_end(u64 x)
{
    return (x + PAGE_MASK) & ~PAGE_MASK;
}

/* Does a later part have a say there, with the rest of its pages? */
static bool covered(const struct file *f, u32 after, u64 bias, u64 address)
{
    const struct elf_head *h = (const void *)f->bytes;

    for (u32 i = after + 1; i < h->phnum; i++) {
        struct elf_part p = part_of(f, i);
        u64 start = p.vaddr + bias;

        if (p.type == ELF_LOAD && p.memsz && address >= (start & ~PAGE_MASK)
            && address < page_end(start + p.memsz))
            return true;
    }
    return false;
}

static void byte_check(const struct file *f, u32 i, u64 bias, u64 at)
{
    struct elf_part p = part_of(f, i);
    u64 address = p.vaddr + bias + at;
    s32 is = loader_content(address), wanted = 0;

    if (at >= p.memsz || covered(f, i, bias, address))
        return;
    if (at < p.filesz)
        wanted = p.offset + at < f->len ? f->bytes[p.offset + at] : is; /* beyond: it faults */
    else if (!(p.flags & ELF_W) && p.filesz && address < page_end(p.vaddr + bias + p.filesz))
        return; /* the rest of a page that cannot be cleared */
    if (is != wanted)
        sim_broken("part %u: %d is at %lx, not %d", i, is, address, wanted);
    if (loader_rights(address)
        != ((p.flags & ELF_R ? 1u : 0) | (p.flags & ELF_W ? 2u : 0) | (p.flags & ELF_X ? 4u : 0)))
        sim_broken("part %u: rights %u at %lx", i, loader_rights(address), address);
}

static void memory_check(const struct file *f, u64 bias)
{
    const struct elf_head *h = (const void *)f->bytes;

    for (u32 i = 0; i < h->phnum && !w->too_many; i++) {
        struct elf_part p = part_of(f, i);
        const u64 at[] = {0,           p.filesz - 1, p.filesz,    p.filesz + 1,
                          p.memsz - 1, p.filesz / 2, p.memsz / 2, page_end(p.filesz) - 1};

        for (u32 k = 0; p.type == ELF_LOAD && k < sizeof(at) / sizeof(at[0]); k++)
            byte_check(f, i, bias, at[k]);
    }
}

static u64 lowest(const struct file *f)
{
    const struct elf_head *h = (const void *)f->bytes;
    u64 low = ~0ull;

    for (u32 i = 0; i < h->phnum; i++)
        if (part_of(f, i).type == ELF_LOAD && (part_of(f, i).vaddr & ~PAGE_MASK) < low)
            low = part_of(f, i).vaddr & ~PAGE_MASK;
    return low;
}

/* The linker that a program names, or null. */
static const struct file *linker_of(const struct file *program)
{
    const struct elf_head *h = (const void *)program->bytes;

    for (u32 i = 0; i < h->phnum; i++) {
        struct elf_part p = part_of(program, i);
        const char *name = (const char *)program->bytes + p.offset;

        for (u32 k = 0; p.type == ELF_INTERP && *name && k < w->nfiles; k++)
            if (!strcmp(w->file[k].path, name))
                return &w->file[k];
    }
    return 0;
}

static void linker_check(const struct file *f)
{
    const struct elf_head *h = (const void *)f->bytes;
    u64 bias = h->type == ELF_DYN ? w->base - lowest(f) : 0;

    if (w->word[0] != h->entry + bias)
        sim_broken("the linker begins at %lx", w->word[0]);
    if (loader_auxiliary(7) != bias)
        sim_broken("AT_BASE is %lx", loader_auxiliary(7));
    memory_check(f, bias);
}

static void image_check(void)
{
    const struct file *f = &w->file[w->open[0] - 1], *linker = linker_of(f);
    const struct elf_head *h = (const void *)f->bytes;
    u64 bias = h->type == ELF_DYN ? BASE - lowest(f) : 0;

    if (linker)
        linker_check(linker);
    else if (w->word[0] != h->entry + bias)
        sim_broken("the program begins at %lx", w->word[0]);
    if (!linker || ((const struct elf_head *)(const void *)linker->bytes)->type == ELF_DYN)
        memory_check(f, bias); /* else the linker may lie over it */
    if (loader_auxiliary(9) != h->entry + bias)
        sim_broken("AT_ENTRY is %lx", loader_auxiliary(9));
    if (loader_auxiliary(5) != h->phnum || loader_auxiliary(4) != sizeof(struct elf_part))
        sim_broken("AT_PHNUM is %lu", loader_auxiliary(5));
}

/* --- The stack -------------------------------------------------------------------------- */

/* The strings of a vector lie one behind the other; where the next would. */
static const char *strings_check(const char *const *vector, u64 n, const char *at)
{
    for (u64 i = 0; i < n; i++, at += strlen(at) + 1)
        if (vector[i] != at)
            sim_broken("string %lu is at %p, not %p", i, (const void *)vector[i], (const void *)at);
    if (vector[n])
        sim_broken("no null behind %lu strings", n);
    return at;
}

/* The last of what execve was given are the last of what the program gets. */
static void vector_check(const char *const *is, u64 n, const char *const *was)
{
    u64 had = 0;

    while (was[had])
        had++;
    for (u64 i = 1; i <= n && i + (n > had) <= had; i++)
        if (strcmp(is[n - i], was[had - i]))
            sim_broken("argument %lu is %s, not %s", n - i, is[n - i], was[had - i]);
}

static void stack_check(void)
{
    u64 sp = w->word[1] & ~1ull, argc = *(u64 *)sp;
    const char *const *argv = (const void *)(sp + 8), *const *envp = argv + argc + 1;
    const char *end;

    if (sp & 15)
        sim_broken("the stack pointer is %lx", sp);
    if ((w->word[1] & 1) != w->replaced)
        sim_broken("descriptor 0 was%s replaced", w->replaced ? "" : " not");
    end = strings_check(argv, argc, (const char *)w->word[3]);
    if (end != (const char *)w->word[4])
        sim_broken("the environment is at %p, not %lx", (const void *)end, w->word[4]);
    end = strings_check(envp, w->envc, end);
    if (end != (const char *)w->word[5] || strcmp(end, w->execfn))
        sim_broken("the path is %s", end);
    vector_check(argv, argc, w->argv);
    vector_check(envp, w->envc, w->envp);
}

static void auxiliary_check(void)
{
    static const u64 wanted[][2] = {{6, PAGE_SIZE}, {8, 0},  {11, 1},   {12, 2},
                                    {13, 3},        {14, 4}, {17, 100}, {23, 1}};

    for (u32 i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (loader_auxiliary(wanted[i][0]) != wanted[i][1])
            sim_broken("auxiliary %lu is %lu", wanted[i][0], loader_auxiliary(wanted[i][0]));
    if (memcmp((const void *)loader_auxiliary(25), "sixteen bytes of", 16))
        sim_broken("AT_RANDOM is not random");
    if (loader_auxiliary(31) != w->word[5])
        sim_broken("AT_EXECFN is not the path");
}

void loader_check(void)
{
    for (u32 i = 1; i < DESCRIPTORS; i++)
        if (w->open[i])
            sim_broken("descriptor %u stays open", i);
    image_check();
    stack_check();
    auxiliary_check();
}
