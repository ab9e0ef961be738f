/*
 * The server's side of the door, and what must hold after each message.
 *
 * A server that finds nothing leaves by a jump back to whoever called sim_serve, as a server in the
 * kernel does (docs/placement.md).
 */
#include "sim.h"

#include "ipc/proto/descriptor.h"
#include "ipc/proto/memory.h"
#include "ipc/proto/pipe.h"
#include "ipc/proto/terminal.h"
#include "servers/lib/method.h"
#include "servers/lib/replies.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

bool (*sim_more)(void);
u64 sim_messages;

static jmp_buf out;
static bool tracing;
static u64 buffer; /* not the server's state: the same all the time */

/* --- After each message ----------------------------------------------------------------- */

/* R2 of replies.h, and that nobody is forgotten. */
static void replies_check(slot_t idle)
{
    for (u32 i = 0; i < reply_counts.created; i++) {
        struct sim_object *r = sim_named(SERVER_REPLY + i, OBJECT_REPLY);

        if (!r)
            sim_broken("Reply %u is not in its slot", i);
        if (reply_held[i] != (r->caller || r->abandoned))
            sim_broken("Reply %u: %s, but the server %s", i,
                       r->caller      ? "holds a caller"
                       : r->abandoned ? "is dead"
                                      : "is idle",
                       reply_held[i] ? "keeps it" : "has forgotten it");
    }
    if (idle != SLOT_NONE && idle - SERVER_REPLY >= reply_counts.created)
        sim_broken("receives with slot %u, which is no Reply", idle);
}

static void message_check(slot_t idle)
{
    struct sim_caller *c = sim.interrupted ? &sim.caller[sim.interrupted - 1] : 0;

    replies_check(idle);
    if (c && c->state == CALLER_HELD && c->marked && !world_lingers)
        sim_broken("call %d was interrupted, and not answered", c->label);
    sim.interrupted = 0;
    world_check();
}

/* --- The loop --------------------------------------------------------------------------- */

static const char *const kinds[] = {"error",     "native", "routed",       "fault", "interrupted",
                                    "abandoned", "closed", "notification", "failed"};

/* HOST_TRACE=1 tells each message and answer. */
static void trace(const struct delivery *d)
{
    fprintf(stderr, "%s %ld badge %lx tag %x reply %u: %lx %lx %lx %lx %lx, window %lu, data %lu\n",
            kinds[d->kind], d->label, d->badge, (u32)d->tag, sim.next_reply, d->word[0], d->word[1],
            d->word[2], d->word[3], d->word[4], d->window_len, d->delivered);
}

/* Somebody who waits is interrupted. */
static void patience(void)
{
    if (!sim_lacks(LACK_PATIENCE) || world_owns_threads())
        return;
    for (u32 i = 0; i < SIM_CALLERS; i++)
        if (sim.caller[i].state == CALLER_HELD && sim.caller[i].client < SIM_CLIENTS)
            sim_caller_interrupt(&sim.caller[i]);
}

static bool next(struct delivery *d)
{
    while (!sim_next(d, buffer))
        if (!world_pump() && (!sim_more || !sim_more()))
            return false;
    sim_messages++;
    patience();
    if (tracing)
        trace(d);
    return true;
}

static s32 answer(const struct sim_sent *s, u64 word[2])
{
    s32 error = sim_reply(s, word);

    if (tracing)
        fprintf(stderr, "  answer %u: %d flags %x %lx%s%d\n", s->reply, (s32)s->label,
                (u32)(s->label >> 32), s->word[0], error ? " fails: " : " ", error);
    return error;
}

bool door_exchange(const struct receipt *x, struct delivery *d)
{
    struct sim_sent s = {.reply = x->reply,
                         .cap = (slot_t)d->cap,
                         .label = (u64)d->label,
                         .copy = x->copy,
                         .copy_len = x->copy_len};
    u64 word[2];
    s32 error = 0;

    memcpy(s.word, d->word, sizeof(s.word));
    if (x->op == OP_REPLY_RECV)
        error = answer(&s, word);
    if (error) {
        *d = (struct delivery){
            .kind = KIND_FAILED, .label = error, .word = {word[0], word[1]}, .cap = SLOT_NONE};
        return true;
    }
    buffer = x->buffer;
    sim.next_reply = x->reply;
    sim.received = true;
    message_check(x->reply);
    return next(d);
}

struct answer *door_serves(u64 shift)
{
    static struct answer answer;

    (void)shift;
    return &answer;
}

u64 door_kind(void)
{
    return sim.delivery.kind;
}

void door_received(struct delivery *d)
{
    *d = sim.delivery;
}

void door_wait(void)
{
    longjmp(out, 1);
}

void sim_serve(void)
{
    static struct request request;

    request.data = (const u8 *)(buffer & ~PAGE_MASK);
    if (next(&sim.delivery) && !setjmp(out))
        server_resume(&request);
}

void sim_begin(void)
{
    tracing = getenv("HOST_TRACE");
    if (!setjmp(out))
        server_main(world_start_page());
}

/* --- The other stubs -------------------------------------------------------------------- */

s32 msg_reply(slot_t reply, struct answer *a)
{
    struct sim_sent s = {.reply = reply,
                         .cap = a->cap,
                         .label = (u32)a->label | (u64)a->flags << 32,
                         .copy = a->copy,
                         .copy_len = a->copy_len};
    u64 word[2];
    s32 error;

    memcpy(s.word, a->word, sizeof(s.word));
    error = answer(&s, word);
    if (error) {
        a->word[0] = word[0];
        a->word[1] = word[1];
    }
    return error;
}

s32 reply_number(slot_t reply, s64 result)
{
    struct answer a = {.word = {(u64)result}, .label = result < 0 ? (s32)result : 0};

    return msg_reply(reply, &a);
}

static s32 call_method(slot_t slot, struct message *m)
{
    struct method_call call = {.label = (u32)m->label | (u64)m->flags << 32,
                               .window = (u64)m->data,
                               .len = m->data_len,
                               .slots = m->send | (u64)m->receive << 32};

    memcpy(call.word, m->word, sizeof(call.word));
    m->label = sim_method(slot, &call);
    memcpy(m->word, call.word, sizeof(call.word));
    m->receive = (slot_t)call.slots;
    return m->label;
}

/* Calls of lower servers that may fail for it. */
static bool takes_memory(s32 label)
{
    switch (label) {
    case MEM_DONATE:
    case MEM_SPACE_CREATE:
    case MEM_SPACE_FORK:
    case MEM_SPACE_SESSION:
    case MEM_SPACE_PRESENT:
    case MEM_SPACE_MAP:
    case MEM_OBJECT_CREATE:
    case MEM_OBJECT_ATTACH:
    case MEM_OBJECT_HOLD:
    case MEM_OBJECT_SESSION:
    case TERM_DEVICE:
    case PIPE_FIFO:
    case FD_POLL:
        return true;
    default:
        return false;
    }
}

s32 msg_call(slot_t slot, struct message *m)
{
    struct sim_object *o = sim_object_in(slot);

    if (!o || o->type != OBJECT_SESSION)
        return call_method(slot, m);
    if (o->dead)
        return m->label = -EIO;
    if (o->rank >= world_id && sim.received)
        return m->label = -EDEADLK;
    if (takes_memory(m->label) && sim_lacks(LACK_SERVER))
        return m->label = -ENOMEM;
    return m->label = world_call(o->rank, m);
}

s64 call_through_once(slot_t reply, u64 descriptor, s32 label, u64 word0, u64 word1)
{
    struct method_call m = {.label = REPLY_CALL,
                            .word = {descriptor, (u64)(s64)label, word0, word1}};

    return method_do(reply, &m);
}

void msg_yield(void) {}
