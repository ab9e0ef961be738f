/*
 * One fault in one server, as the boot's command line says it:
 *
 *     fault=SERVER:KIND:OPERATION:SEED
 *
 * It happens before the OPERATION'th message that the server gets; SEED chooses where.  A server
 * that comes back lives on without it.  scripts/faults tells what becomes of the system.
 */
#include "servers/lib/faults.h"

#include "servers/lib/method.h"

/* servers/lib/server.ld, placed/server.ld */
extern u8 data_start[], data_end[], bss_start[], bss_end[];

static const char *const kinds[] = {"flip", "wild", "null", "lost", "loop"};
enum kind { FLIP, WILD, NULL_POINTER, LOST, LOOP, KINDS };

static enum kind kind = KINDS;
static u64 operations_left; /* 0: nothing more will happen */
static u64 seed;
static bool loses;

static u64 random_next(void)
{
    u64 z = seed += 0x9e3779b97f4a7c15ull;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

/* --- What is asked for ------------------------------------------------------------------- */

static const char *find(const char *line, const char *text)
{
    for (; *line; line++)
        if (!strncmp(line, text, strlen(text)))
            return line + strlen(text);
    return 0;
}

/* The text at *at if it is next, with what separates it from what follows. */
static bool skip(const char **at, const char *text)
{
    size_t len = strlen(text);

    if (strncmp(*at, text, len) || (*at)[len] != ':')
        return false;
    *at += len + 1;
    return true;
}

static u64 number(const char **at)
{
    u64 n = 0;

    for (; **at >= '0' && **at <= '9'; ++*at)
        n = n * 10 + (u64)(**at - '0');
    *at += **at == ':';
    return n;
}

void fault_choose(const char *server)
{
    const struct start_info *start = (const void *)server_at(SERVER_STACK_TOP);
    const char *at;

    if (!strcmp(server, "root")) /* has another start page */
        return;
    at = find(start->command_line, "fault=");
    if (!at || !skip(&at, server) || start->restarts)
        return;
    for (enum kind k = 0; k < KINDS; k++) {
        if (!skip(&at, kinds[k]))
            continue;
        kind = k;
        operations_left = number(&at);
        seed = number(&at);
        return;
    }
}

/* --- Where ------------------------------------------------------------------------------- */

static u64 heap_bytes(void)
{
    u64 heap = server_own(SERVER_HEAP);
    struct method_call m = {.label = ASPACE_QUERY, .word = {heap, heap >> PAGE_SHIFT}};

    return method_do(SERVER_ASPACE, &m) < 0 ? 0 : m.word[0] << PAGE_SHIFT;
}

static u8 *variable(u64 r)
{
    u64 initialized = (u64)(data_end - data_start);

    r %= initialized + (u64)(bss_end - bss_start);
    return r < initialized ? data_start + r : bss_start + (r - initialized);
}

/* A byte of what the server keeps: variables, heap, the page that its stack has come to. */
static u8 *own_byte(void)
{
    u64 heap = heap_bytes(), r = random_next() >> 8;
    u8 *stack = (u8 *)((u64)__builtin_frame_address(0) & ~PAGE_MASK);

    switch (random_next() % 4) {
    case 0:
        return stack + r % PAGE_SIZE;
    case 1:
        return variable(r);
    default:
        return heap ? (u8 *)server_at(SERVER_HEAP) + r % heap : variable(r);
    }
}

/* Where a broken pointer might point: anywhere, beside the heap, into code, into the kernel. */
static u64 *wild_address(void)
{
    u64 r = random_next() & ~7ull;

    switch (random_next() % 4) {
    case 0:
        return (u64 *)(r >> 26);
    case 1:
        return (u64 *)(server_at(SERVER_HEAP) + heap_bytes() + r % (4 * PAGE_SIZE));
    case 2:
        return (u64 *)((u64)data_start - 8 - r % (16 * PAGE_SIZE));
    default:
        return (u64 *)(~0ull << 38 | r % (1ull << 38));
    }
}

/* --- It happens -------------------------------------------------------------------------- */

static void happen(void)
{
    volatile u64 *nowhere = 0;

    u8 *byte = own_byte();
    u64 *wild = wild_address();

    server_print("fault: %s (a byte at %lx, a word at %lx)\n", kinds[kind], (u64)byte, (u64)wild);
    switch (kind) {
    case FLIP:
        *byte ^= (u8)(1u << random_next() % 8);
        break;
    case WILD:
        *wild = random_next();
        break;
    case NULL_POINTER:
        __asm__ volatile("sd zero, 0(%0)" ::"r"(nowhere) : "memory");
        break;
    case LOST:
        loses = true;
        break;
    case LOOP:
        for (;;)
            __asm__ volatile("");
    case KINDS:
        break;
    }
}

void fault_point(void)
{
    if (operations_left && !--operations_left)
        happen();
}

bool fault_loses_reply(void)
{
    bool now = loses;

    loses = false;
    return now;
}
