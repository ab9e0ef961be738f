/*
 * libFuzzer's bytes as execs: files that are ELF, scripts or anything, with fields that lie; calls
 * that fail, and processes that are killed.
 *
 * One input is several execs, each by a loader as it was built; a message is a call that it makes.
 */
#include "fuzz.h"
#include "world_loader.h"

static const char *const names[] = {"/a", "/b", "/lib/ld.so", "/c"};
#define NAMES 4u

static u64 word(void)
{
    static const u64 special[] = {
        0,          1,          LOWEST, HIGHEST,   STACK_TOP,  BASE,   ANYWHERE, 1ull << 40,
        1ull << 62, 1ull << 63, ~0ull,  PAGE_SIZE, -PAGE_SIZE, 0x1800, 0x2800,   PAGE_SIZE - 1};
    u8 b = fuzz_byte();

    if (b < 64)
        return b;
    if (b < 128)
        return special[b % 16];
    if (b < 160)
        return special[b % 16] + fuzz_byte() - 128;
    if (b < 208)
        return (u64)fuzz_byte() << 12;
    return fuzz_byte() | (u64)fuzz_byte() << 8 | (u64)fuzz_byte() << (b % 48);
}

/* A part with its file's page in the right place, mostly. */
static void part_make(struct file *f)
{
    static const u8 types[] = {ELF_LOAD, ELF_LOAD, ELF_LOAD, ELF_INTERP, ELF_PHDR, 0x70};
    u64 at = fuzz_byte(), offset = fuzz_byte() % 16 * 0x100ull, size = fuzz_byte() * 16ull;
    struct elf_part *p = elf_part(f, types[fuzz_byte() % sizeof(types)], offset,
                                  0x10000 + at * PAGE_SIZE + (offset & PAGE_MASK), size);
    const char *name = names[fuzz_byte() < 224 ? 2 : 1];

    p->memsz += fuzz_byte() & 1 ? fuzz_byte() * 64ull : 0;
    p->flags = fuzz_byte() & 7;
    if (p->type == ELF_INTERP) {
        p->offset = 0x700;
        p->filesz = strlen(name) + (fuzz_byte() < 224);
        f->len = f->len < 0x800 ? 0x800 : f->len;
        memcpy(f->bytes + 0x700, name, strlen(name) + 1);
    }
}

/* One of the fields lies. */
static void field_change(struct file *f)
{
    const struct elf_head *h = (const void *)f->bytes;
    u32 bytes = sizeof(*h) + h->phnum * (u32)sizeof(struct elf_part);
    u32 at = fuzz_byte() * 4 % bytes;
    u64 value = word();

    memcpy(f->bytes + at, &value, fuzz_byte() & 1 && !(at & 7) ? 8 : fuzz_byte() & 1 ? 4 : 2);
}

static void elf_make(struct file *f)
{
    u32 n = 1 + fuzz_byte() % 6;

    elf_begin(f, fuzz_byte() & 1 ? ELF_DYN : ELF_EXEC, word());
    if (fuzz_byte() < 32)
        ((struct elf_head *)(void *)f->bytes)->phoff = 64 + fuzz_byte() * 8ull;
    while (n--)
        part_make(f);
    for (u32 i = 0x400; i < f->len; i++)
        if (i < 0x700 || i >= 0x710)
            f->bytes[i] = (u8)(i * 7 | 1);
    for (n = fuzz_byte() % 8; n > 4; n--)
        field_change(f);
}

static void script_make(struct file *f)
{
    static const char *const starts[] = {"#!", "#! ", "#!\t", "#"};
    static const char *const ends[] = {"\n", " \n", "", " -x\n", " -x  y\t\n"};
    const char *start = starts[fuzz_byte() % 8 % 4], *end = ends[fuzz_byte() % 5];
    const char *name = names[fuzz_byte() % NAMES];
    char *at = (char *)f->bytes;
    u32 more = fuzz_byte() < 16 ? fuzz_byte() : 0;

    at = memcpy(at, start, strlen(start)) + strlen(start);
    at = memcpy(at, name, strlen(name)) + strlen(name);
    memset(at, ' ' + fuzz_byte() % 2 * 'x', more);
    at = memcpy(at + more, end, strlen(end)) + strlen(end);
    f->len = (u32)((u8 *)at - f->bytes);
}

static void anything_make(struct file *f)
{
    u32 n = fuzz_byte();

    for (u32 i = 0; i < n; i++)
        f->bytes[i] = fuzz_byte();
    f->len = n;
}

static void file_fill(struct file *f)
{
    u8 what = fuzz_byte();

    if (what < 160)
        elf_make(f);
    else if (what < 236)
        script_make(f);
    else if (what < 244)
        anything_make(f);
    else
        elf_program(f, what & 1 ? ELF_EXEC : ELF_DYN, 0x10000, what & 2 ? names[2] : 0);
    f->directory = fuzz_byte() >= 252;
    f->forbidden = fuzz_byte() >= 252;
}

static void failures_choose(void)
{
    static const s32 errors[] = {-ENOMEM, -EIO, -EINTR, -EACCES, -EFAULT, -ENOSYS};
    u8 what = fuzz_byte();

    if (what < 64)
        w->fail_at = fuzz_byte() % 32;
    else if (what < 80)
        w->dies_at = fuzz_byte() % 32;
    else if (what < 96)
        w->file_shorter = fuzz_byte() * 8ull;
    else if (what < 104)
        w->no_faccessat = true;
    w->fail_with = errors[fuzz_byte() % 6];
}

static void exec_once(void)
{
    static const char *const words[] = {"", "a", "-c", "A=1", "a longer one that goes on"};
    const char *argv[10] = {0}, *envp[8] = {0};
    u32 argc = 1 + fuzz_byte() % 8, envc = fuzz_byte() % 8;

    for (u32 i = 0; i < NAMES; i++)
        file_fill(file_make(names[i]));
    for (u32 i = 0; i < argc; i++)
        argv[i] = words[fuzz_byte() % 5];
    for (u32 i = 0; i < envc; i++)
        envp[i] = words[fuzz_byte() % 5];
    failures_choose();
    loader_exec(names[0], argv, envp);
}

void fuzz_run(void)
{
    do {
        exec_once();
        if (!fuzz_over())
            sim_restore();
    } while (!fuzz_over());
}
