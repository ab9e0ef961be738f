/*
 * The loader's world: Linux calls on a few files, and what ends an exec.
 */
#include "world_loader.h"

#include "servers/lib/linux.h"

#include <sanitizer/asan_interface.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#define CALL_FACCESSAT2 439
#define CALL_CLOSE 57
#define CALL_DUP3 24
#define MAP_PRIVATE 2u
#define MAP_ANONYMOUS 0x20u
#define MAP_FIXED 0x10u

struct loader_world *w;
u8 loader_stack[STACK_ARENA] __attribute__((aligned(4096)));
u64 sim_messages;
bool (*sim_more)(void);
const u32 world_id = SERVER_IDS; /* it is none */

static jmp_buf out;

/* --- Files ------------------------------------------------------------------------------ */

struct file *file_make(const char *path)
{
    struct file *f = &w->file[w->nfiles++];

    if (w->nfiles > FILES)
        sim_broken("too many files");
    snprintf(f->path, sizeof(f->path), "%s", path);
    return f;
}

static s64 file_find(const char *path)
{
    for (u32 i = 0; i < w->nfiles; i++)
        if (!strcmp(w->file[i].path, path))
            return i;
    return -ENOENT;
}

static s64 file_may(const char *path)
{
    s64 n = file_find(path);

    if (w->no_faccessat)
        return -ENOSYS;
    return n < 0 ? n : w->file[n].forbidden ? -EACCES : 0;
}

static s64 descriptor_open(const char *path)
{
    s64 n = file_find(path);

    for (u32 i = 0; n >= 0 && i < DESCRIPTORS; i++)
        if (!w->open[i]) {
            w->open[i] = (u32)n + 1;
            return i;
        }
    return n < 0 ? n : -EMFILE;
}

static struct file *opened(u64 descriptor)
{
    if (descriptor >= DESCRIPTORS || !w->open[descriptor])
        sim_broken("descriptor %lu is not open", descriptor);
    return &w->file[w->open[descriptor] - 1];
}

static s64 descriptor_read(u64 descriptor, u8 *to, u64 len, u64 offset)
{
    const struct file *f = opened(descriptor);
    u64 end = f->len > w->file_shorter ? f->len - w->file_shorter : 0;
    u64 n = offset < end ? end - offset : 0;

    if (f->directory)
        return -EISDIR;
    if ((s64)offset < 0)
        sim_broken("a read at %lx", offset);
    if (n > len)
        n = len;
    for (u64 i = 0; i < n; i++) /* each byte is looked at by the sanitizer */
        to[i] = f->bytes[offset + i];
    return (s64)n;
}

static s64 descriptor_close(u64 descriptor)
{
    (void)opened(descriptor);
    w->open[descriptor] = 0;
    return 0;
}

static s64 descriptor_copy(u64 from, u64 to)
{
    (void)opened(from);
    if (from == to || to)
        sim_broken("descriptor %lu becomes %lu", from, to);
    w->open[to] = w->open[from];
    w->replaced = true;
    return (s64)to;
}

/* --- Memory ----------------------------------------------------------------------------- */

static void note(struct event e)
{
    if (w->nevents < EVENTS)
        w->event[w->nevents++] = e;
    else
        w->too_many = true;
}

static bool is_free(u64 address, u64 len)
{
    for (u32 i = 0; i < w->nevents; i++)
        if (w->event[i].address < address + len && address < w->event[i].address + w->event[i].len)
            return false;
    return true;
}

/* Behind what lies there, or nowhere: 0. */
static u64 room_find(u64 len)
{
    u64 at = ANYWHERE;

    for (u32 i = 0; i < w->nevents && !is_free(at, len); i++)
        at = w->event[i].address + w->event[i].len;
    return len <= HIGHEST && at <= HIGHEST - len && is_free(at, len) ? at : 0;
}

static s64 map(const u64 a[6])
{
    bool anonymous = a[4] == ~0ull;
    struct event e = {.kind = anonymous ? EVENT_ZERO : EVENT_FILE,
                      .rights = (u32)a[2],
                      .address = a[0],
                      .len = a[1],
                      .offset = a[5]};

    if (a[3] != (MAP_PRIVATE | (anonymous ? MAP_ANONYMOUS : 0) | (a[0] ? MAP_FIXED : 0)))
        sim_broken("mmap with flags %lx", a[3]);
    if (!e.len || (e.len | e.address | e.offset) & PAGE_MASK || e.rights & ~7u)
        sim_broken("mmap of %lx bytes at %lx from %lx", e.len, e.address, e.offset);
    if (!anonymous)
        e.file = (u32)(opened(a[4]) - w->file);
    if (!e.address)
        e.address = w->base = room_find(e.len);
    if (!e.address)
        return -ENOMEM;
    if (e.address < LOWEST || e.address > HIGHEST || e.len > HIGHEST - e.address)
        sim_broken("%lx bytes at %lx are not a program's", e.len, e.address);
    note(e);
    return (s64)e.address;
}

static const struct event *last_at(u64 address)
{
    for (u32 i = w->nevents; i-- > 0;)
        if (address >= w->event[i].address && address - w->event[i].address < w->event[i].len)
            return &w->event[i];
    return 0;
}

/* What is cleared has been mapped, all of it, and may be written. */
void *loader_memset(void *to, int byte, size_t len);
void *loader_memset(void *to, int byte, size_t len)
{
    u64 at = (u64)to;

    if (byte || len >= PAGE_SIZE || (at & PAGE_MASK) + len != PAGE_SIZE)
        sim_broken("memset of %lu bytes at %lx with %d", len, at, byte);
    if (!w->too_many && (!last_at(at) || !(loader_rights(at) & ACCESS_WRITE)))
        sim_broken("%lx is cleared, but not writable", at);
    note((struct event){.kind = EVENT_CLEARED, .address = at, .len = len});
    return to;
}

bool loader_holds(u64 address)
{
    return last_at(address);
}

u32 loader_rights(u64 address)
{
    for (u32 i = w->nevents; i-- > 0;) {
        const struct event *e = &w->event[i];

        if (e->kind != EVENT_CLEARED && address >= e->address && address - e->address < e->len)
            return e->rights;
    }
    return 0;
}

s32 loader_content(u64 address)
{
    const struct event *e = last_at(address);
    const struct file *f;
    u64 at;

    if (!e)
        return -1;
    if (e->kind != EVENT_FILE)
        return 0;
    f = &w->file[e->file];
    at = e->offset + (address - e->address);
    return at < f->len ? f->bytes[at] : at < (f->len + PAGE_MASK & ~PAGE_MASK) ? 0 : -1;
}

/* --- Calls ------------------------------------------------------------------------------ */

static void leave(u32 how)
{
    w->ended = how;
    longjmp(out, 1);
}

/* 0, or with what this call fails. */
static s64 count(u64 number)
{
    sim_messages++;
    if (w->calls == w->dies_at)
        leave(ENDED_KILLED);
    if (w->fail_number && w->fail_number != number)
        return 0;
    return w->calls++ == w->fail_at ? w->fail_with : 0;
}

s64 linux_call(const u64 a[6], u64 number)
{
    s64 error = count(number);

    if (error && number == CALL_CLOSE)
        (void)descriptor_close(a[0]); /* it is closed all the same */
    if (error)
        return error;
    switch (number) {
    case CALL_FACCESSAT2:
        return file_may((const char *)a[1]);
    case LINUX_openat:
        return descriptor_open((const char *)a[1]);
    case LINUX_pread64:
        return descriptor_read(a[0], (u8 *)a[1], a[2], a[3]);
    case LINUX_mmap:
        return map(a);
    case CALL_CLOSE:
        return descriptor_close(a[0]);
    case CALL_DUP3:
        return descriptor_copy(a[0], a[1]);
    default:
        sim_broken("the loader makes call %lu", number);
    }
}

/* Neither comes back. */
s32 msg_call(slot_t slot, struct message *m)
{
    if (slot != SLOT_FIXED + FIXED_PROCESS)
        sim_broken("the loader calls slot %u", slot);
    sim_messages++;
    w->calls++;
    if (m->label != PROC_LOADER_COMMIT && m->label != PROC_LOADER_FAIL)
        sim_broken("the loader calls process for %d", m->label);
    memcpy(w->word, m->word, sizeof(w->word));
    w->error = m->label == PROC_LOADER_FAIL ? (s64)m->word[0] : 0;
    leave(m->label == PROC_LOADER_FAIL ? ENDED_FAIL : ENDED_COMMIT);
    return 0;
}

/* --- An exec ---------------------------------------------------------------------------- */

static char *string_put(char *at, const char *text)
{
    u64 len = strlen(text) + 1;

    memcpy(at, text, len);
    return at + len;
}

void arguments_make(const char *const argv[], const char *const envp[], const char *execfn)
{
    u64 bytes = strlen(execfn) + 1, argc = 0, envc = 0;
    struct loader_start *s;
    char *at;

    for (; argv[argc]; argc++)
        bytes += strlen(w->argv[argc] = argv[argc]) + 1;
    for (; envp[envc]; envc++)
        bytes += strlen(w->envp[envc] = envp[envc]) + 1;
    s = (void *)((u64)(loader_stack + STACK_ARENA - bytes - sizeof(*s)) & ~7ull);
    *s = (struct loader_start){.strings = (u64)(s + 1),
                               .strings_len = bytes,
                               .stack = (u64)s,
                               .argc = argc,
                               .envc = envc,
                               .uid = 1,
                               .euid = 2,
                               .gid = 3,
                               .egid = 4,
                               .secure = 1};
    memcpy(s->random, "sixteen bytes of", 16);
    at = (char *)(s + 1);
    for (u64 i = 0; i < argc; i++)
        at = string_put(at, argv[i]);
    for (u64 i = 0; i < envc; i++)
        at = string_put(at, envp[i]);
    s->execfn = (u64)at;
    w->execfn = execfn;
    w->envc = envc;
    at = string_put(at, execfn);
    ASAN_POISON_MEMORY_REGION(at, (u64)(loader_stack + STACK_ARENA - (u8 *)at));
    w->start = s;
}

void loader_run(void)
{
    w->begun = true;
    if (!setjmp(out))
        server_main((const void *)w->start);
    if (w->ended == ENDED_FAIL && (w->error >= 0 || w->error < -133))
        sim_broken("exec fails with %ld", w->error);
    if (w->ended == ENDED_COMMIT)
        loader_check();
}

void loader_exec(const char *path, const char *const argv[], const char *const envp[])
{
    s64 n = file_find(path);

    if (n < 0)
        sim_broken("no file %s", path);
    w->open[0] = (u32)n + 1;
    arguments_make(argv, envp, path);
    loader_run();
}

u64 loader_argc(void)
{
    return *(u64 *)(w->word[1] & ~15ull);
}

const char *loader_arg(u64 i)
{
    return ((const char **)(w->word[1] & ~15ull))[1 + i];
}

u64 loader_auxiliary(u64 type)
{
    const u64 *at = (const u64 *)(w->word[1] & ~15ull) + 1;

    for (u32 n = 0; n < 2; at++)
        n += !*at;
    for (; at[0] != type; at += 2)
        if (!at[0])
            return ~0ull;
    return at[1];
}

/* --- The course of each test ------------------------------------------------------------ */

void sim_make(void)
{
    w = world_state(sizeof(*w));
    w->fail_at = w->dies_at = -1;
}

/* What a test leaves below and behind the strings is nobody's. */
void world_restored(void)
{
    ASAN_UNPOISON_MEMORY_REGION(loader_stack, sizeof(loader_stack));
}

void sim_end(void) {}
