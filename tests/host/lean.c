/*
 * Ways into the kernel on which assembler only looks, and C does the rest: call of an object,
 * signal to one who waits, reply, recv, yield (arch/riscv/fast_method.S, fast_reply.S).  Here the
 * looking is in C, too, so that each test can be made on both ways: what comes out is the same.
 */
#include "tests/host/host.h"

#include "ipc/endpoint.h"
#include "kernel/cspace.h"
#include "kernel/method.h"
#include "kernel/sched.h"
#include "kernel/trap.h"
#include "kernel/check.h"

#include <string.h>

bool host_lean;

static void forget(struct thread *t)
{
    t->frame.t4 = t->frame.t5 = t->frame.t6 = 0;
}

static bool goes_on(const struct thread *t)
{
    return !hart.handoff && !t->rare && t->state == THREAD_RUNNING && t->priority >= hart.barrier
           && hart.aspace && hart.aspace == thread_aspace(t);
}

static void call(struct thread *t, struct object *o)
{
    struct invocation v = {.caller = t,
                           .in = t->frame.a,
                           .object = o,
                           .window = t->frame.t1,
                           .window_len = t->frame.t2,
                           .received = -1};
    err_t err;

    t->frame.pc += 4;
    err = trap_method(&v);
    if (err > 0 || !goes_on(t)) {
        trap_method_end(&v, err);
    } else {
        check_entry();
        t->frame.t0 = (u64)(s64)err;
        t->frame.t3 = (u64)v.received;
        memcpy(t->frame.a, v.out, sizeof(v.out));
    }
    forget(t);
}

/* t signals, and w goes first. */
static bool wake(struct thread *t, struct notification *n)
{
    struct thread *w = n->waiter;
    struct trap_frame *f = &t->frame, kept;
    struct woken woken;
    u64 bits = f->a0;

    if (w->rare || t->priority >= w->priority || w->priority < hart.barrier || !thread_aspace(w))
        return false;
    f->pc += 4;
    f->t0 = 0;
    f->t3 = ~0ull;
    memset(f->a, 0, sizeof(f->a[0]) * 6);
    forget(t);
    woken = trap_wake(t, n, bits);
    f = &woken.thread->frame;
    kept = *f;
    memset(f->x, 0, sizeof(f->x));
    f->sp = kept.sp, f->gp = kept.gp, f->tp = kept.tp;
    f->a0 = woken.bits;
    f->t0 = KIND_NOTIFICATION;
    f->t3 = ~0ull;
    trap_fast_done();
    return true;
}

static bool lean_call(struct thread *t)
{
    struct object *o = cspace_object(thread_cspace(t), (slot_t)t->frame.a6);
    struct notification *n = (void *)o;

    if (!o || t->rare || o->type == OBJECT_SESSION)
        return false;
    if (o->type == OBJECT_NOTIFICATION && t->frame.t0 == NOTIFICATION_SIGNAL && n->waiter
        && wake(t, n))
        return true;
    call(t, o);
    return true;
}

/* Nothing is there for it, and others run meanwhile. */
static bool waits(struct thread *t)
{
    struct endpoint *e = t->serves;
    struct reply *r = cspace_named(thread_cspace(t), (slot_t)t->frame.t2, OBJECT_REPLY);

    if (t->rare || !e || t->receives != (slot_t)t->frame.a6 || e->pending || !r || r->endpoint != e
        || r->state != REPLY_IDLE)
        return false;
    t->frame.pc += 4;
    e->receiver = t;
    t->armed = r;
    t->call = THREAD_RECEIVING;
    t->busy_since = 0;
    trap_waits();
    return true;
}

bool lean_enter(struct thread *t)
{
    s64 operation = (s64)t->frame.a7;

    if (operation == OP_CALL)
        return lean_call(t);
    if (operation == OP_RECV && waits(t))
        return true;
    if (operation == OP_YIELD)
        t->frame.pc += 4, trap_yield(t);
    else if (operation == OP_RECV)
        t->frame.pc += 4, trap_recv(t);
    else if (operation == OP_REPLY && !t->rare)
        t->frame.pc += 4, trap_reply(t), forget(t);
    else
        return false;
    return true;
}
