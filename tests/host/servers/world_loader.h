/*
 * The loader's world: files, descriptors, memory in which nothing is mapped but all is noted, and
 * the two calls that end it.
 *
 * Strings and stack are real memory; a program's memory is a list of what was done with it, which
 * tells what lies at any address.
 */
#pragma once

#include "servers/loader/loader.h"
#include "sim.h"

#define FILES 8u
#define FILE_MAX 8192u
#define DESCRIPTORS 4u
#define EVENTS 400u
#define STACK_ARENA (1u << 20)
#define ANYWHERE 0x1000000000ull /* where memory finds room */
#define BASE 0x2000000000ull     /* of programs that have no place of their own */
#define LOWEST 0x10000ull
#define HIGHEST (STACK_TOP - STACK_BYTES)

/* ELF, as its specification has it. */
struct elf_head {
    u32 magic;
    u8 class, data, ident[10];
    u16 type, machine;
    u32 version;
    u64 entry, phoff, shoff;
    u32 flags;
    u16 ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
struct elf_part {
    u32 type, flags;
    u64 offset, vaddr, paddr, filesz, memsz, align;
};
enum elf_value { ELF_EXEC = 2, ELF_DYN, ELF_LOAD = 1, ELF_INTERP = 3, ELF_PHDR = 6 };
enum elf_right { ELF_X = 1, ELF_W, ELF_R = 4 };

struct file {
    char path[300];
    u8 bytes[FILE_MAX] __attribute__((aligned(8)));
    u32 len;
    bool directory, forbidden; /* to execute */
};

enum event_kind { EVENT_FILE, EVENT_ZERO, EVENT_CLEARED };
struct event {
    u8 kind;
    u32 rights, file;
    u64 address, len, offset;
};

struct loader_world {
    struct file file[FILES];
    u32 nfiles;
    u32 open[DESCRIPTORS]; /* 1 + file, 0: closed */
    bool begun, replaced;  /* descriptor 0 is another file */
    struct event event[EVENTS];
    u32 nevents;
    bool too_many; /* events: the memory cannot be compared */
    u64 base;      /* what memory_map(0) gave */
    s64 calls;
    s64 fail_at, fail_with; /* the call of that number fails so; negative: none */
    s64 dies_at;            /* the process is killed there */
    u32 fail_number;        /* if not 0 only calls of that number count */
    u64 file_shorter;       /* reads end so much too early */
    bool no_faccessat;
    /* What the program is given. */
    const char *argv[64], *envp[64]; /* as execve had them */
    u64 envc;
    const char *execfn;
    struct loader_start *start;
    /* How it ended. */
    enum { ENDED_NOT, ENDED_COMMIT, ENDED_FAIL, ENDED_KILLED } ended;
    s64 error;
    u64 word[6]; /* of the commit */
};
extern struct loader_world *w;
extern u8 loader_stack[STACK_ARENA];

/* world_loader.c */
struct file *file_make(const char *path);
/* The strings as process stores them, and all from the first instruction on. */
void arguments_make(const char *const argv[], const char *const envp[], const char *execfn);
void loader_run(void);
void loader_exec(const char *path, const char *const argv[], const char *const envp[]);
/* Of a program that begins: what it finds on its stack. */
u64 loader_argc(void);
const char *loader_arg(u64 i);
u64 loader_auxiliary(u64 type);
bool loader_holds(u64 address);  /* is anything there? */
s32 loader_content(u64 address); /* the byte there, or -1 */
u32 loader_rights(u64 address);

/* world_loader_check.c: what must hold of a program that begins. */
void loader_check(void);

/* world_loader_elf.c: files of ELF */
struct elf_head *elf_begin(struct file *f, u16 type, u64 entry);
struct elf_part *elf_part(struct file *f, u32 type, u64 offset, u64 vaddr, u64 size);
/* One of code and one of data with 0x100 bytes of 0x800 behind it; a linker's name if not null. */
void elf_program(struct file *f, u16 type, u64 at, const char *linker);
