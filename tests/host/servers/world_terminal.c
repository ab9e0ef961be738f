/*
 * The terminal server's world: a UART that takes and gives bytes (in place of uart.c, whose
 * registers no machine is behind), and a process server that signals groups.
 */
#include "fuzz.h"

#include "ipc/proto/process.h"
#include "servers/terminal/terminal_server.h"
#include "world_terminal.h"

const u32 world_id = SERVER_ID_TERMINAL;
const bool world_lingers;
const u32 world_clients = 4;

const u64 world_numbers[] = {LINUX_O_WRONLY,
                             LINUX_O_RDWR,
                             LINUX_O_NONBLOCK,
                             LINUX_O_NOCTTY,
                             POLLIN,
                             POLLOUT,
                             TERM_CONSOLE,
                             TERM_SERIAL,
                             TERM_TTY,
                             2,
                             3};
const u32 world_nnumbers = sizeof(world_numbers) / sizeof(world_numbers[0]);
const u16 world_hot[] = {LINUX_read,  LINUX_write, LINUX_ioctl, LINUX_ioctl,
                         LINUX_ioctl, LINUX_readv, LINUX_ppoll, LINUX_openat};
const u32 world_nhot = sizeof(world_hot) / sizeof(world_hot[0]);

/* --- The line ------------------------------------------------------------------------------- */

static struct {
    u8 in[64], out[256];
    u32 first, count, sent; /* sent: bytes of out, the last ones */
    u32 room, asked;
    bool wants_input, wants_room;
} * line;

static void interrupt(void)
{
    sim_named(SERVER_NOTIFICATION, OBJECT_NOTIFICATION)->bits |= NOTIFY_INTERRUPT;
}

void line_types(const u8 *text, u32 len)
{
    for (u32 i = 0; i < len && line->count < sizeof(line->in); i++)
        line->in[(line->first + line->count++) % sizeof(line->in)] = text[i];
    if (line->wants_input)
        interrupt();
}

void line_takes(u32 bytes)
{
    line->room = bytes;
    if (line->wants_room)
        interrupt();
}

u32 line_sent(const u8 **bytes)
{
    u32 n = line->sent;

    *bytes = line->out;
    line->sent = 0;
    return n;
}

void uart_init(const struct start_info *start)
{
    (void)start;
    line->wants_input = true;
    line->room = 1u << 30;
}

s32 uart_get(void)
{
    u8 c;

    if (!line->count)
        return -1;
    c = line->in[line->first];
    line->first = (line->first + 1) % sizeof(line->in);
    line->count--;
    return c;
}

/* Who asks again and again gets room in the end. */
bool uart_idle(void)
{
    if (line->room < uart_fifo() && ++line->asked % 8 == 0)
        line->room += uart_fifo();
    return line->room >= uart_fifo();
}

void uart_put(u8 c)
{
    line->room -= line->room > 0;
    if (line->sent < sizeof(line->out))
        line->out[line->sent++] = c;
}

u32 uart_fifo(void)
{
    return 16;
}

void uart_want_room(bool on)
{
    line->wants_room = on;
}

void uart_want_input(bool on)
{
    line->wants_input = on;
    if (on && line->count)
        interrupt();
}

void uart_interrupt_begin(void) {}

void uart_interrupt_end(void)
{
    if (line->wants_input && line->count)
        interrupt();
}

/* --- The world ------------------------------------------------------------------------------ */

void world_start(void)
{
    line = world_state(sizeof(*line));
}

/* Four of one session, two of each group; the others lead sessions of their own. */
void world_client(u32 client)
{
    struct process_entry *p = sim_entry(client);

    if (client < 4) {
        p->sid = 2;
        p->pgid = 2 + (client & 2);
    }
    if (client == 1)
        p->orphaned_group = 1;
    sim_fixed(client, FIXED_EVENT, SERVER_BADGE + SERVER_ID_PROCESS);
    sim.object[sim.cspace[client].fixed[FIXED_EVENT].object - 1].rank = SERVER_ID_EVENT;
}

static void signal_group(u32 group)
{
    for (u32 i = 0; i < SIM_CALLERS; i++) {
        struct sim_caller *c = &sim.caller[i];

        if (c->state == CALLER_HELD && c->client < SIM_CLIENTS
            && sim_entry(c->client)->pgid == group)
            sim_caller_interrupt(c);
    }
}

s32 world_call(u32 server, struct message *m)
{
    u32 tag = (u32)m->word[0];
    struct process_entry *p = (void *)process_entry(sim_table, tag);

    if (server == SERVER_ID_MEMORY)
        sim.pool_left = sim.pool_left >= 0 ? 8 : -1;
    else if (m->label == PROC_SET_TERMINAL && p)
        p->terminal = (u32)m->word[1];
    else if (m->label == PROC_SIGNAL_GROUP)
        signal_group(tag);
    m->word[0] = 0;
    return 0;
}

void world_shape(u32 client, s32 label, u64 word[6])
{
    struct process_entry *p = sim_entry(client);

    if (label == LINUX_openat && fuzz_byte() < 200)
        word[2] &= LINUX_O_RDWR | LINUX_O_NONBLOCK | LINUX_O_NOCTTY;
    if (label == LINUX_ioctl)
        word[1] = PICK(TCGETS, TCSETS, TCSETSW, TCSETSF, TCSBRK, TCXONC, TCFLSH, TIOCSCTTY,
                       TIOCGPGRP, TIOCSPGRP, TIOCOUTQ, TIOCGWINSZ, TIOCSWINSZ, TIOCNOTTY, TIOCGSID,
                       TCSETS2, TCGETS2, LINUX_FIONREAD, LINUX_FIONBIO, TCSETS, word[1]);
    if (label == LINUX_ppoll) {
        word[1] = 1;
        word[2] = 0;
        word[3] &= PICK(0, 0, ~0ull);
    }
    if (fuzz_byte() < 8)
        p->blocked ^= 1ull << (LINUX_SIGTTOU - 1) | 1ull << (LINUX_SIGTTIN - 1);
    if (fuzz_byte() < 4)
        p->orphaned_group ^= 1;
}

void world_shape_native(s32 label, u64 word[6])
{
    if (label == FD_POLL)
        word[1] = fuzz_byte() % 4;
    if (label == TERM_DEVICE)
        word[0] = fuzz_byte() % 4;
}

void world_event(void)
{
    static const u8 keys[] = {3,  28, 127,  21,   4,    17,   19,   26,  18,  15,
                              23, 22, '\n', '\r', '\t', 0xc3, 0xa4, 'a', 'b', 0};
    u8 what = fuzz_byte(), text[16];

    if (what < 64) {
        line_takes(what * 8);
        return;
    }
    for (u32 i = 0; i < sizeof(text); i++) {
        u8 b = fuzz_byte();
        text[i] = b < 128 ? keys[b % sizeof(keys)] : b;
    }
    line_types(text, 1 + what % sizeof(text));
}

/* Whoever is held waits in one of the lists. */
void world_check(void)
{
    const struct waiter_list *lists[] = {&readers, &writers, &drainers};
    u32 n = 0;

    for (u32 i = 0; i < 3; i++)
        for (const struct waiter *w = lists[i]->first; w; w = w->next, n++)
            if (!w->file || file_find(w->q.badge) != w->file)
                sim_broken("a caller waits on a file that is gone");
    n += polls_waiting();
    if (n < sim_callers_held())
        sim_broken("%u callers are held, but %u wait", sim_callers_held(), n);
}

u32 polls_waiting(void)
{
    u32 n = 0;

    for (u32 i = 0; i < SIM_CALLERS; i++)
        n += sim.caller[i].state == CALLER_HELD && sim.caller[i].label == LINUX_ppoll;
    return n;
}

void world_end(void)
{
    if (slabs_live())
        sim_broken("%lu objects live", slabs_live());
}
