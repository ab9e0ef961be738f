/*
 * The promises, checked over everything: frames (check_frames), capability rings
 * (3), thread states (4), Replies and callers (5), pools (6).  Objects are found
 * through the pages of the pools, so nothing that lives can hide.
 */
#include "kernel/check.h"

#include "ipc/endpoint.h"
#include "kernel/aspace.h"
#include "kernel/cspace.h"
#include "kernel/pool.h"
#include "kernel/print.h"
#include "kernel/sched.h"
#include "kernel/trap.h"
#include "tests/kernel/check.h"

#define PERIOD 16384u /* kernel entries between two looks at everything */

static u64 violations;
u64 check_slow_entries, check_fast_entries;
static u64 looked_at; /* entries when that was last done */

static void expect(bool holds, const char *what, const void *object)
{
    if (holds)
        return;
    violations++;
    print("check: %s: %p\n", what, object);
}

/* Promise 3: the ring holds only slots that name o. */
static void check_ring(const struct object *o)
{
    const struct slot *s = o->ring;

    if (!s)
        return;
    do {
        expect(s->object == o, "a slot in a ring names another object", s);
        expect(s->callable == (o->type == OBJECT_SESSION && !(s->flags & SLOT_RESERVED)),
               "a slot that tells wrongly whether it can be called", s);
        expect(s->next->prev == s, "a broken ring", s);
        s = s->next;
    } while (s != o->ring && s->object == o);
}

static bool receives(const struct thread *t)
{
    const struct endpoint *e = thread_endpoint(t);

    return (e && e->receiver == t) || (t->awaited && t->awaited->waiter == t);
}

/* Promise 4. */
static void check_thread(const struct thread *t)
{
    if (t->state == THREAD_WAITING)
        expect(t->reply && t->reply->caller == t, "a waiting thread without a Reply", t);
    else
        expect(!t->reply, "a Reply of a thread that does not wait", t);
    expect((t->state == THREAD_SENDING) == (t->queue != 0), "a queue without a sender", t);
    expect((t->state == THREAD_RECEIVING) == receives(t), "a receiver that does not wait", t);
    if (t->state == THREAD_RUNNING)
        expect(hart.current == t, "a running thread that is not the hart's", t);
}

/* Promise 5. */
static void check_reply(const struct reply *r)
{
    if (r->state == REPLY_BOUND)
        expect(r->caller && r->caller->reply == r, "a bound Reply without its caller", r);
    else
        expect(!r->caller, "a caller of a Reply that is not bound", r);
    expect(r->state == REPLY_IDLE || r->endpoint, "a Reply without its endpoint", r);
}

/* C1, C2, C4 and O2. */
static bool cspace_right(struct cspace *c)
{
    for (slot_t n = 0; n < SLOT_FIXED; n++) {
        const struct slot *s = cspace_find(c, n);
        bool used = c->used[n / 64] >> n % 64 & 1;

        if (used != (s && s->object) || (used && s->next->prev != s))
            return false;
    }
    for (u32 i = 0; i < SLOT_PAGES; i++) {
        bool full = (c->used[2 * i] & c->used[2 * i + 1]) == ~0ull;

        if (full != (c->full >> i & 1))
            return false;
    }
    return c->object.dead || c->room == cspace_has_room(c);
}

/* A6: what is seen is what a walk would find. */
static bool aspace_right(struct aspace *a)
{
    for (u32 i = 0; i < 2 * SEEN_PAGES; i++) {
        const struct seen *s = &a->seen[i / SEEN_PAGES][i % SEEN_PAGES];
        u32 rights = i < SEEN_PAGES ? ACCESS_READ : ACCESS_WRITE;
        const u64 *table, *pte;

        if (s->page == ~0ull)
            continue;
        table = aspace_table(a, s->page << PAGE_SHIFT);
        pte = table ? &table[s->page & 511] : 0;
        if (!pte || !arch_pte_allows(*pte, rights)
            || s->at != arch_direct(arch_pte_frame(*pte) << PAGE_SHIFT))
            return false;
    }
    return true;
}

static void check_object(struct object *o, const struct pool *p)
{
    expect(o->pool == p, "an object of another pool", o);
    check_ring(o);
    if (o->type == OBJECT_THREAD)
        check_thread((struct thread *)(void *)o);
    else if (o->type == OBJECT_REPLY)
        check_reply((struct reply *)(void *)o);
    else if (o->type == OBJECT_CSPACE && !o->dead)
        expect(cspace_right((struct cspace *)(void *)o), "a table of slots", o);
    else if (o->type == OBJECT_ASPACE && !o->dead)
        expect(aspace_right((struct aspace *)(void *)o), "a page that is seen, but not there", o);
}

struct object *check_next(const struct pool_page *page, const struct object *o)
{
    const u8 *first = (const u8 *)page + POOL_FIRST_OBJECT;
    u32 i = o ? (u32)((const u8 *)o - first) / page->size + 1 : 0;

    for (; i < page->capacity; i++) {
        const u8 *next = first + i * page->size;
        const void *f = page->free;

        while (f && f != next)
            f = *(void *const *)f;
        if (!f)
            return (struct object *)(uintptr_t)next;
    }
    return 0;
}

static void check_page(const struct pool_page *page)
{
    u32 alive = 0;

    for (struct object *o = check_next(page, 0); o; o = check_next(page, o)) {
        alive++;
        check_object(o, page->pool);
    }
    expect(alive == page->used, "a page that counts its objects wrongly", page);
}

/* S1 and T1. */
static bool queues_right(void)
{
    for (u32 p = 0; p < PRIORITIES; p++) {
        if ((hart.queues[p].head != 0) != (hart.ready >> p & 1))
            return false;
        for (const struct thread *t = hart.queues[p].head; t; t = t->next)
            if (t->state != THREAD_READY || t->priority != p)
                return false;
    }
    return true;
}

/* Its pages, and what it counts of them. */
static void check_pool(const struct pool *p)
{
    u64 objects = 0, replies = 0, spare = 0;

    for (const struct link *l = p->pages; l; l = l->next) {
        check_page(page_of(l));
        objects += page_of(l)->used;
        replies += page_of(l)->type == OBJECT_REPLY;
    }
    for (u32 type = 0; type < OBJECT_TYPES; type++)
        spare += p->spare[type] != 0;
    expect(p->nobjects == objects && p->nreplies == replies && p->nspare == spare,
           "what a pool counts", p);
}

void check_all(void)
{
    violations = 0;
    looked_at = check_slow_entries + check_fast_entries;
    expect(!check_frames(), "the frames' types and counts", 0);
    for (const struct pool *p = pools; p; p = p->next)
        check_pool(p);
    expect(queues_right(), "a run queue", &hart);
    PANIC_IF(violations);
}

/* The last call that its server received, and that caller. */
static void check_served(const struct endpoint *e)
{
    if (!e->last)
        return;
    check_reply(e->last);
    if (e->last->caller)
        check_thread(e->last->caller);
}

static void check_touched(const struct thread *t)
{
    if (!t)
        return;
    check_ring(&t->object);
    check_thread(t);
    if (t->reply)
        check_reply(t->reply);
    if (t->call_session)
        check_ring(&t->call_session->object);
    if (t->serves)
        check_served(t->serves);
}

static void check_both(void)
{
    check_touched(hart.current);
    check_touched(hart.handoff);
    if (hart.aspace && !hart.aspace->object.dead)
        expect(aspace_right(hart.aspace), "a page that is seen, but not there", hart.aspace);
    PANIC_IF(violations);
    if (check_slow_entries + check_fast_entries - looked_at >= PERIOD)
        check_all();
}

void check_entry(void)
{
    check_slow_entries++;
    check_both();
}

void trap_fast_done(void)
{
    check_fast_entries++;
    check_both();
}
