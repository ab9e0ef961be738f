/* The loader: files that are bad in every way, and calls that fail. */
#include "unit_loader.h"

/* --- Files ------------------------------------------------------------------------------ */

static struct elf_head *head;
static struct elf_part *part;

static void good(void)
{
    again();
    elf_program(file_make("/bin/a"), ELF_EXEC, 0x10000, 0);
    head = (void *)w->file[0].bytes;
    part = (void *)(head + 1);
}

#define BAD(change)                \
    do {                           \
        good();                    \
        change;                    \
        fails("/bin/a", -ENOEXEC); \
    } while (0)

static void a_header_that_is_wrong(void)
{
    BAD(w->file[0].len = 63);
    BAD(w->file[0].len = 0);
    BAD(head->magic++);
    BAD(head->class = 1);
    BAD(head->data = 2);
    BAD(head->machine = 62);
    BAD(head->type = 1);
    BAD(head->type = 4);
    BAD(head->phentsize = 32);
    BAD(head->phnum = 0);
    BAD(head->phnum = 65);
    BAD(head->phoff = 1ull << 40);
    BAD(head->phoff = ~0ull);
    BAD(head->phoff = 0x2000);
    BAD(head->phoff = 0x18f0); /* they go on behind the file's end */
}

static void a_part_that_is_wrong(void)
{
    BAD(part->filesz = part->memsz + 1);
    BAD(part->memsz = HIGHEST + 1);
    BAD(part->vaddr = HIGHEST + 0x1000);
    BAD(part->vaddr = -0x1000ull);
    BAD(part->vaddr += 8);
    BAD(part->offset = 1ull << 62);
    BAD(part->offset = -0x1000ull);
    BAD(part->memsz = part->filesz = 1ull << 40);
    BAD(part->type = part[1].type = 0); /* nothing is loaded */
    BAD(part->type = 0; part[1].vaddr = 0x10000;
        part[1].offset = part[1].filesz = part[1].memsz = 0);
}

static void a_place_that_is_not_a_programs(void)
{
    BAD(part->vaddr = LOWEST - 0x1000);
    BAD(part->vaddr = 0);
    BAD(part->vaddr = HIGHEST - 0x1000; part->memsz = 0x2000);
    BAD(part->vaddr = HIGHEST);
    good();
    part->vaddr = HIGHEST - 0x1000;
    begins("/bin/a"); /* the last page */
    good();
    head->type = ELF_DYN;
    part->vaddr = 0;
    part[1].vaddr = 0x2000000800; /* the base is in the way */
    fails("/bin/a", -ENOEXEC);
}

static void a_linker_that_is_no_name(void)
{
    BAD(elf_part(&w->file[0], ELF_INTERP, 0x400, 0, 1));
    BAD(elf_part(&w->file[0], ELF_INTERP, 0x400, 0, 257));
    BAD(elf_part(&w->file[0], ELF_INTERP, 0x400, 0, 16)); /* no NUL at its end */
    BAD(elf_part(&w->file[0], ELF_INTERP, 0x18ff, 0, 16); w->file[0].len = 0x1900);
    BAD(elf_part(&w->file[0], ELF_INTERP, 1ull << 62, 0, 16));
    BAD(elf_part(&w->file[0], ELF_INTERP, -16ull, 0, 16));
}

static void a_linker_that_cannot_be_run(void)
{
    elf_program(file_make("/bin/a"), ELF_DYN, 0, "/lib/ld.so");
    fails("/bin/a", -ENOENT);
    again();
    elf_program(file_make("/bin/a"), ELF_DYN, 0, "/lib/ld.so");
    file_make("/lib/ld.so")->forbidden = true;
    fails("/bin/a", -EACCES);
    again();
    elf_program(file_make("/bin/a"), ELF_DYN, 0, "/lib/ld.so");
    script("/lib/ld.so", "#!/bin/a\n");
    fails("/bin/a", -ENOEXEC);
}

static void a_linker_that_finds_no_room(void)
{
    struct file *f;

    elf_program(file_make("/bin/a"), ELF_DYN, 0, "/lib/ld.so");
    f = file_make("/lib/ld.so");
    elf_program(f, ELF_DYN, 0, 0);
    elf_part(f, ELF_LOAD, 0, 0x1000000, 0)->memsz = HIGHEST - 0x2000000;
    fails("/bin/a", -ENOMEM);
}

static void a_directory_is_no_program(void)
{
    file_make("/d")->directory = true;
    fails("/d", -EACCES);
}

static void a_text_is_no_program(void)
{
    script("/s", "echo x\n");
    fails("/s", -ENOEXEC);
    again();
    script("/s", "#");
    fails("/s", -ENOEXEC);
}

/* --- Arguments -------------------------------------------------------------------------- */

static void strings_that_do_not_end(void)
{
    elf_program(file_make("/bin/a"), ELF_EXEC, 0x10000, 0);
    w->open[0] = 1;
    arguments_make((const char *[]){"a", 0}, (const char *[]){"b", 0}, "/bin/a");
    w->start->argc = 4; /* one more than there are, with the path */
    loader_run();
    EXPECT(w->error, -EFAULT);
}

static void more_arguments_than_the_stack_holds(void)
{
    u8 *strings = loader_stack + STACK_ARENA / 4;
    struct loader_start *s = (void *)(strings - sizeof(*s));

    elf_program(file_make("/bin/a"), ELF_EXEC, 0x10000, 0);
    w->open[0] = 1;
    memset(strings, 0, STACK_ARENA / 4 * 3);
    *s = (struct loader_start){.strings = (u64)strings,
                               .strings_len = STACK_ARENA / 4 * 3,
                               .stack = (u64)s,
                               .argc = STACK_BYTES / 16 - 2,
                               .execfn = (u64)strings};
    w->start = s;
    loader_run();
    EXPECT(w->error, -E2BIG);
}

/* --- Calls that fail -------------------------------------------------------------------- */

static void scripted(void)
{
    script("/s", "#!/bin/a -x\n");
    elf_program(file_make("/bin/a"), ELF_DYN, 0, "/lib/ld.so");
    elf_program(file_make("/lib/ld.so"), ELF_DYN, 0, 0);
}

/* faccessat2 may be missing, and close has nobody to tell. */
static void each_call_may_fail(void)
{
    s64 failed = 0, n = 0;

    do {
        again();
        scripted();
        w->fail_at = n++;
        w->fail_with = -ENOMEM;
        exec_one("/s");
        EXPECT(w->ended == ENDED_FAIL ? w->error : -ENOMEM, -ENOMEM);
        failed += w->ended == ENDED_FAIL;
    } while (w->calls > w->fail_at + 1 || w->ended == ENDED_FAIL);
    EXPECT(failed, n - 1 - 2);
}

static void who_is_killed_between_two_calls_leaves_nothing_to_the_next(void)
{
    s64 n = 0;

    do {
        again();
        scripted();
        w->dies_at = n++;
        exec_one("/s");
        EXPECT(w->ended == ENDED_KILLED || w->ended == ENDED_COMMIT, true);
    } while (w->ended == ENDED_KILLED);
    EXPECT(n > 12, true);
}

static void a_system_without_faccessat(void)
{
    scripted();
    w->no_faccessat = true;
    begins("/s");
}

static void a_file_that_shrinks_meanwhile(void)
{
    for (u64 n = 0; n < 0x900; n += 0x40) {
        again();
        elf_begin(file_make("/bin/a"), ELF_EXEC, 0x10000)->phoff = 0x800;
        elf_part(&w->file[0], ELF_LOAD, 0, 0x10000, 0x800);
        w->file_shorter = n;
        exec_one("/bin/a");
        EXPECT(w->ended, n ? ENDED_FAIL : ENDED_COMMIT);
        EXPECT(w->error, n ? -ENOEXEC : 0);
    }
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories_rare[] = {
    STORY(a_header_that_is_wrong),
    STORY(a_part_that_is_wrong),
    STORY(a_place_that_is_not_a_programs),
    STORY(a_linker_that_is_no_name),
    STORY(a_linker_that_cannot_be_run),
    STORY(a_linker_that_finds_no_room),
    STORY(a_directory_is_no_program),
    STORY(a_text_is_no_program),
    STORY(strings_that_do_not_end),
    STORY(more_arguments_than_the_stack_holds),
    STORY(each_call_may_fail),
    STORY(who_is_killed_between_two_calls_leaves_nothing_to_the_next),
    STORY(a_system_without_faccessat),
    STORY(a_file_that_shrinks_meanwhile),
    {0, 0},
};
