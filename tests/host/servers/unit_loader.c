/* The loader: programs that begin, and what they find. */
#include "unit_loader.h"

#include <stdio.h>

/* --- Programs ---------------------------------------------------------------------------- */

static void a_program_begins_at_its_entry(void)
{
    elf_program(file_make("/bin/a"), ELF_EXEC, 0x10000, 0);
    begins("/bin/a");
    EXPECT(w->word[0], 0x10200);
    EXPECT(loader_auxiliary(7), 0);
    EXPECT(loader_auxiliary(3), 0x10040);
    EXPECT(loader_rights(0x10000), ACCESS_READ | ACCESS_EXEC);
    EXPECT(loader_rights(0x12800), ACCESS_READ | ACCESS_WRITE);
}

static void a_program_without_a_place_goes_to_its_base(void)
{
    elf_program(file_make("/bin/a"), ELF_DYN, 0, 0);
    begins("/bin/a");
    EXPECT(w->word[0], BASE + 0x200);
    EXPECT(loader_auxiliary(3), BASE + 0x40);
    EXPECT(w->word[2], BASE + 0x5000);
}

static void a_file_that_begins_high_up_goes_to_the_base(void)
{
    elf_program(file_make("/bin/a"), ELF_DYN, 0x40000, 0);
    begins("/bin/a");
    EXPECT(w->word[0], BASE + 0x200);
}

static void what_lies_behind_the_files_bytes_is_zero(void)
{
    struct file *f = file_make("/bin/a");

    elf_program(f, ELF_EXEC, 0x10000, 0);
    memset(f->bytes + f->len, 'x', 0x2000 - f->len);
    f->len = 0x2000;
    begins("/bin/a");
    EXPECT(loader_content(0x128ff), f->bytes[0x18ff]);
    EXPECT(loader_content(0x12900), 0);
    EXPECT(loader_content(0x12fff), 0);
    EXPECT(loader_content(0x13000), 0);
    EXPECT(loader_content(0x14fff), 0);
    EXPECT(loader_holds(0x15000), 0);
}

static void a_part_that_ends_in_its_second_page(void)
{
    struct file *f = file_make("/bin/a");

    elf_program(f, ELF_EXEC, 0x10000, 0);
    elf_part(f, ELF_LOAD, 0x800, 0x20800, 0x900);
    f->bytes[0x10ff] = 'x';
    begins("/bin/a");
    EXPECT(loader_content(0x210ff), 'x');
}

static void a_part_of_zeroes_alone(void)
{
    struct file *f = file_make("/bin/a");
    struct elf_part *p;

    elf_program(f, ELF_EXEC, 0x10000, 0);
    p = elf_part(f, ELF_LOAD, 0, 0x20000, 0);
    p->flags = ELF_R | ELF_W;
    p->memsz = 0x1801;
    elf_part(f, ELF_LOAD, 0, 0x30000, 0);
    begins("/bin/a");
    EXPECT(loader_content(0x20000), 0);
    EXPECT(loader_content(0x21fff), 0);
    EXPECT(loader_holds(0x22000), 0);
    EXPECT(loader_holds(0x30000), 0);
}

/* As Linux: it cannot be cleared, so it is what the file has there. */
static void a_part_that_is_not_writable_keeps_its_pages_rest(void)
{
    struct file *f = file_make("/bin/a");

    elf_program(f, ELF_EXEC, 0x10000, 0);
    elf_part(f, ELF_LOAD, 0x400, 0x20400, 0x100)->memsz = 0x2000;
    begins("/bin/a");
    EXPECT(loader_content(0x20500), f->bytes[0x500]);
    EXPECT(loader_content(0x21000), 0);
}

static void headers_that_lie_far_behind_are_read(void)
{
    struct file *f = file_make("/bin/a");
    struct elf_head *h = elf_begin(f, ELF_EXEC, 0x10000);

    h->phoff = 0x1000;
    elf_part(f, ELF_LOAD, 0, 0x10000, 0x300);
    begins("/bin/a");
    EXPECT(loader_auxiliary(3), 0); /* they are in no part */
    EXPECT(loader_auxiliary(5), 1);
}

static void a_part_says_where_the_headers_are(void)
{
    struct file *f = file_make("/bin/a");

    elf_begin(f, ELF_EXEC, 0x10000);
    elf_part(f, ELF_PHDR, 0x40, 0x777, 0);
    elf_part(f, ELF_LOAD, 0, 0x10000, 0x300);
    begins("/bin/a");
    EXPECT(loader_auxiliary(3), 0x777);
}

static void a_dynamic_program_begins_at_its_linker(void)
{
    elf_program(file_make("/bin/a"), ELF_DYN, 0, "/lib/ld.so");
    elf_program(file_make("/lib/ld.so"), ELF_DYN, 0, 0);
    begins("/bin/a");
    EXPECT(w->word[0], ANYWHERE + 0x200);
    EXPECT(loader_auxiliary(7), ANYWHERE);
    EXPECT(loader_auxiliary(9), BASE + 0x200);
    EXPECT(loader_auxiliary(3), BASE + 0x40);
    EXPECT(w->word[2], BASE + 0x5000); /* the program's end: brk begins there */
}

static void a_linker_with_a_place_of_its_own(void)
{
    elf_program(file_make("/bin/a"), ELF_DYN, 0, "/lib/ld.so");
    elf_program(file_make("/lib/ld.so"), ELF_EXEC, 0x40000, 0);
    begins("/bin/a");
    EXPECT(w->word[0], 0x40200);
    EXPECT(loader_auxiliary(7), 0);
}

static void the_first_linker_that_is_named_counts(void)
{
    struct file *f = file_make("/bin/a");

    elf_program(f, ELF_DYN, 0, "/lib/ld.so");
    elf_part(f, ELF_INTERP, 0x500, 0x500, 5);
    elf_program(file_make("/lib/ld.so"), ELF_DYN, 0, "/lib/another"); /* a linker has none */
    begins("/bin/a");
}

/* --- Arguments --------------------------------------------------------------------------- */

static void the_stack_is_what_linux_shows(void)
{
    elf_program(file_make("/bin/a"), ELF_EXEC, 0x10000, 0);
    loader_exec("/bin/a", (const char *[]){"a", "", "-x", 0}, (const char *[]){"HOME=/", "A=", 0});
    EXPECT(w->ended, ENDED_COMMIT);
    EXPECT(loader_argc(), 3);
    EXPECT(strcmp(loader_arg(2), "-x"), 0);
    EXPECT((u64)loader_arg(3), 0);
    EXPECT(strcmp(loader_arg(4), "HOME=/"), 0);
    EXPECT((u64)loader_arg(6), 0);
    EXPECT(w->word[1] & 1, 0);
}

static void a_program_without_an_environment(void)
{
    elf_program(file_make("/bin/a"), ELF_EXEC, 0x10000, 0);
    loader_exec("/bin/a", (const char *[]){"", 0}, (const char *[]){0});
    EXPECT(w->ended, ENDED_COMMIT);
    EXPECT(w->word[4], w->word[5]);
}

/* --- Scripts ----------------------------------------------------------------------------- */

static void a_script_names_its_interpreter(void)
{
    script("/s", "#!/bin/a\nrest");
    elf_program(file_make("/bin/a"), ELF_EXEC, 0x10000, 0);
    EXPECT(runs("/s", "/bin/a", "/s", "one"), 3);
    EXPECT(w->word[1] & 1, 1);
}

static void the_rest_of_a_scripts_line_is_one_argument(void)
{
    script("/s", "#! \t/bin/a \t-x  -y \t\n");
    elf_program(file_make("/bin/a"), ELF_EXEC, 0x10000, 0);
    EXPECT(runs("/s", "/bin/a", "-x  -y", "/s"), 4);
    EXPECT(strcmp(loader_arg(3), "one"), 0);
}

static void a_line_ends_with_the_file_or_a_nul(void)
{
    struct file *f = script("/s", "#!/bin/a");

    elf_program(file_make("/bin/a"), ELF_EXEC, 0x10000, 0);
    EXPECT(runs("/s", "/bin/a", "/s", "one"), 3);
    again();
    f = script("/s", "#!/bin/a?-x\n");
    f->bytes[8] = 0;
    elf_program(file_make("/bin/a"), ELF_EXEC, 0x10000, 0);
    EXPECT(runs("/s", "/bin/a", "/s", "one"), 3);
}

static void a_script_may_run_a_script(void)
{
    script("/s", "#!/t x\n");
    script("/t", "#!/bin/a y\n");
    elf_program(file_make("/bin/a"), ELF_EXEC, 0x10000, 0);
    EXPECT(runs("/s", "/bin/a", "y", "/t"), 6);
    EXPECT(strcmp(loader_arg(3), "x"), 0);
    EXPECT(strcmp(loader_arg(4), "/s"), 0);
    EXPECT(strcmp(loader_arg(5), "one"), 0);
}

static void five_scripts_are_enough(void)
{
    char name[3] = "/a", text[8] = "#!/b\n";

    for (u32 n = 0; n < 6; n++) {
        again();
        for (u32 i = 0; i < n; i++) {
            name[1] = (char)('a' + i);
            text[3] = (char)('b' + i);
            script(name, text);
        }
        name[1] = (char)('a' + n);
        elf_program(file_make(name), ELF_EXEC, 0x10000, 0);
        begins("/a");
        EXPECT(loader_argc(), n + 2);
    }
    script("/g", text);
    w->file[5].len = script("/h", "#!/g\n")->len; /* /f, too, is a script now */
    memcpy(w->file[5].bytes, "#!/g\n", 5);
    retry();
    fails("/a", -ELOOP);
}

static void a_script_of_itself_ends(void)
{
    script("/s", "#!/s -x\n");
    fails("/s", -ELOOP);
}

static void a_line_without_a_name_is_no_script(void)
{
    static const char *const bad[] = {"#!", "#!\n", "#! \t \n/bin/a", "#!\n/bin/a\n"};

    for (u32 i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        again();
        script("/s", bad[i]);
        fails("/s", -ENOEXEC);
    }
}

static void a_line_that_is_too_long_is_no_script(void)
{
    char line[300] = "#!/";

    memset(line + 3, 'x', 280);
    script("/s", line);
    fails("/s", -ENOEXEC);
    again();
    line[255] = '\n'; /* the last byte that is looked at */
    script("/s", line);
    line[255] = 0;
    elf_program(file_make(line + 2), ELF_EXEC, 0x10000, 0);
    begins("/s");
}

static void an_interpreter_that_cannot_be_run(void)
{
    script("/s", "#!/bin/a\n");
    fails("/s", -ENOENT);
    again();
    script("/s", "#!/bin/a\n");
    elf_program(file_make("/bin/a"), ELF_EXEC, 0x10000, 0);
    w->file[1].forbidden = true;
    fails("/s", -EACCES);
    again();
    script("/s", "#!/bin\n");
    file_make("/bin")->directory = true;
    fails("/s", -EACCES);
}

#define STORY(name) \
    {               \
#name, name \
    }
const struct story stories[] = {
    STORY(a_program_begins_at_its_entry),
    STORY(a_program_without_a_place_goes_to_its_base),
    STORY(a_file_that_begins_high_up_goes_to_the_base),
    STORY(what_lies_behind_the_files_bytes_is_zero),
    STORY(a_part_that_ends_in_its_second_page),
    STORY(a_part_of_zeroes_alone),
    STORY(a_part_that_is_not_writable_keeps_its_pages_rest),
    STORY(headers_that_lie_far_behind_are_read),
    STORY(a_part_says_where_the_headers_are),
    STORY(a_dynamic_program_begins_at_its_linker),
    STORY(a_linker_with_a_place_of_its_own),
    STORY(the_first_linker_that_is_named_counts),
    STORY(the_stack_is_what_linux_shows),
    STORY(a_program_without_an_environment),
    STORY(a_script_names_its_interpreter),
    STORY(the_rest_of_a_scripts_line_is_one_argument),
    STORY(a_line_ends_with_the_file_or_a_nul),
    STORY(a_script_may_run_a_script),
    STORY(five_scripts_are_enough),
    STORY(a_script_of_itself_ends),
    STORY(a_line_without_a_name_is_no_script),
    STORY(a_line_that_is_too_long_is_no_script),
    STORY(an_interpreter_that_cannot_be_run),
    {0, 0},
};
