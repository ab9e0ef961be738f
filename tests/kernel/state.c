/*
 * All that can be told of a pool's objects, for the comparison of fast and slow path.
 *
 * The one idea: two boots that do the same have the same objects at the same addresses, so what
 * lies in them is told as it is.  Left out is what the contract does not keep (a waiting
 * thread's other registers), what is made when it is asked for (windows are made here, and
 * undone), and time.
 */
#include "ipc/window.h"
#include "kernel/cspace.h"
#include "kernel/print.h"
#include "kernel/sched.h"
#include "tests/kernel/check.h"

#define WORDS 4096u

static u64 words[WORDS];
static u32 nwords;
static bool aloud;

static void tell(const char *what, u64 value)
{
    if (nwords < WORDS)
        words[nwords++] = value;
    if (aloud)
        print("state %s %lx\n", what, value);
}

static void tell_pointer(const char *what, const void *p)
{
    tell(what, (u64)p);
}

static void tell_slot(const char *what, const struct slot *s)
{
    tell_pointer(what, s->object);
    if (s->object)
        tell("slot place", s->place);
}

/* --- Threads --------------------------------------------------------------------------- */

static void tell_call(struct thread *t)
{
    struct window before[2] = {t->window[0], t->window[1]};
    bool built = t->windows_built;

    tell_pointer("call_session", t->call_session);
    tell("route_flags", t->route_flags);
    tell("route_cap", t->route_cap);
    tell("forwarded", t->forwarded);
    tell("deaths", t->deaths);
    for (u32 i = 0; t->forwarded && i < 5; i++)
        tell("native_words", t->native_words[i]);
    for (u32 i = 0; i < 2; i++) {
        const struct window *w = window_of(t, i);

        tell("window kind", w->kind);
        tell("window access", w->access);
        tell("window len", w->len);
        tell("window address", w->len ? w->address : 0);
    }
    t->window[0] = before[0];
    t->window[1] = before[1];
    t->windows_built = built;
}

static void tell_registers(const struct trap_frame *f)
{
    for (u32 i = 0; i < 31; i++)
        tell("x", f->x[i]);
}

/* What a thread goes on with; of one in recv its parameters, too. */
static void tell_frame(const struct thread *t)
{
    const struct trap_frame *f = &t->frame;
    bool waits = t->state == THREAD_WAITING || t->state == THREAD_SENDING;
    bool native = t->call_kind == CALL_NATIVE && waits;

    tell("pc", f->pc);
    tell("status", f->status);
    if (!native && t->state != THREAD_RECEIVING) {
        tell_registers(f);
        return;
    }
    tell("sp", f->sp);
    tell("gp", f->gp);
    tell("tp", f->tp);
    tell("t0", f->t0);
    tell("t2", f->t2);
    for (u32 i = 0; native && t->state == THREAD_SENDING && !t->forwarded && i < 8; i++)
        tell("a", f->a[i]);
    if (native) {
        tell("t1", f->t2 ? f->t1 : 0);
        tell("t3", f->t0 >> 32 & (MSG_SEND | MSG_RECEIVE) ? f->t3 : 0);
    } else {
        tell("t3", f->t3);
        tell("t4", f->t4);
    }
}

static void tell_names(const struct thread *t)
{
    tell_slot("aspace_slot", &t->aspace_slot);
    tell_slot("cspace_slot", &t->cspace_slot);
    tell_slot("pager_slot", &t->pager_slot);
    tell_slot("handler_slot", &t->handler_slot);
    tell_slot("endpoint_slot", &t->endpoint_slot);
    tell_slot("carried", &t->carried);
    tell_pointer("serves", t->serves);
    tell("receives", t->receives);
    tell_pointer("reply", t->reply);
    tell_pointer("armed", t->state == THREAD_RECEIVING ? t->armed : 0);
    tell_pointer("queue", t->queue);
    tell_pointer("notification", t->notification);
    tell_pointer("awaited", t->awaited);
}

static void tell_thread(struct thread *t)
{
    tell("state", t->state);
    tell("call_kind", t->call_kind);
    tell("rare", t->rare);
    tell("priority", t->priority);
    tell("rank", t->rank);
    tell("tag", t->tag);
    tell_names(t);
    tell("busy", t->busy_since != 0);
    tell("original_a0", t->original_a0);
    for (u32 i = 0; i < 2; i++)
        tell("spec", *(const u64 *)(const void *)&t->spec[i]);
    tell("fault_address", t->fault_address);
    tell("fault_len", t->fault_len);
    tell("fault_refusal", (u64)(s64)t->fault_refusal);
    tell("fault_cause", t->fault_cause);
    tell("retry_fault", t->retry_fault);
    tell("in_call", t->in_call);
    tell("cut_next", t->cut_next);
    tell("cut_at", t->cut_at);
    tell("fpu_used", t->fpu_used);
    if (t->state == THREAD_WAITING || t->state == THREAD_SENDING)
        tell_call(t);
    if (t->state != THREAD_RUNNING)
        tell_frame(t);
}

/* --- Endpoints, sessions, Replies, notifications --------------------------------------- */

static void tell_endpoint(const struct endpoint *e)
{
    tell("rank", e->rank);
    tell("trusted", e->trusted);
    tell("notice_last", e->notice_last);
    tell("pending", e->pending);
    tell_pointer("receiver", e->receiver);
    tell_pointer("last", e->last);
    tell_pointer("server", e->server);
    for (const struct thread *t = e->senders; t; t = t->next)
        tell_pointer("sender", t);
    tell_pointer("senders_tail", e->senders ? e->senders_tail : 0);
    for (const struct notice *n = e->notices; n; n = n->next)
        tell_pointer("notice", n);
    for (struct link *l = e->replies; l; l = l->next)
        tell_pointer("a reply", reply_of_link(l));
    for (struct link *l = e->sessions; l; l = l->next)
        tell_pointer("a session", session_of_link(l));
}

static void tell_session(const struct session *s)
{
    tell_pointer("endpoint", s->endpoint);
    tell("badge", s->badge);
    tell("notice", s->notice.kind);
    tell("no_closed", s->no_closed);
}

static void tell_reply(const struct reply *r)
{
    tell("bound", r->bound);
    tell("slot", r->slot);
    tell_pointer("caller", r->caller);
    tell_pointer("endpoint", r->endpoint);
    tell("notice", r->notice.kind);
    for (u32 i = 0; i < r->ngiven; i++)
        tell("given", r->given[i]);
    tell("stop_address", r->stop_access ? r->stop_address : 0);
    tell("stop_len", r->stop_access ? r->stop_len : 0);
}

static void tell_notification(const struct notification *n)
{
    tell("bits", n->bits);
    tell_pointer("waiter", n->waiter);
    tell_pointer("bound", n->bound);
}

/* --- Spaces ---------------------------------------------------------------------------- */

static void tell_cspace(struct cspace *c)
{
    tell("limit", c->limit);
    tell("full", c->full);
    tell("routes", c->routes_frame);
    for (slot_t n = 0; n < SLOT_FIXED + SLOTS_FIXED; n++) {
        const struct slot *s = cspace_find(c, n);

        if (s && s->object)
            tell_slot("slot", s);
    }
}

static void tell_aspace(const struct aspace *a)
{
    tell("npages", a->npages);
    tell("ntables", a->ntables);
    tell("satp", a->satp);
    tell("satp_tagged", a->satp_tagged);
}

/* --- All ------------------------------------------------------------------------------- */

static void tell_object(struct object *o)
{
    tell_pointer("object", o);
    tell("type", o->type);
    tell("dead", o->dead);
    tell("uses", o->uses);
    if (o->type == OBJECT_THREAD)
        tell_thread((struct thread *)(void *)o);
    else if (o->type == OBJECT_ENDPOINT)
        tell_endpoint((struct endpoint *)(void *)o);
    else if (o->type == OBJECT_SESSION)
        tell_session((struct session *)(void *)o);
    else if (o->type == OBJECT_REPLY)
        tell_reply((struct reply *)(void *)o);
    else if (o->type == OBJECT_NOTIFICATION)
        tell_notification((struct notification *)(void *)o);
    else if (o->type == OBJECT_CSPACE)
        tell_cspace((struct cspace *)(void *)o);
    else if (o->type == OBJECT_ASPACE)
        tell_aspace((struct aspace *)(void *)o);
}

static void tell_page(const struct pool_page *page)
{
    for (struct object *o = check_next(page, 0); o; o = check_next(page, o))
        tell_object(o);
}

static void tell_hart(void)
{
    tell_pointer("current", hart.current);
    tell_pointer("aspace", hart.aspace);
    tell("barrier", (u64)hart.barrier);
    tell_pointer("payer", hart.payer);
    tell_pointer("handoff", hart.handoff);
    tell_pointer("fpu_owner", hart.fpu_owner);
    tell("slice_over", hart.slice_over);
    tell("dying", hart.dying);
}

u32 check_state(const struct pool *p, const u64 **all, bool show)
{
    nwords = 0;
    aloud = show;
    tell("pages", p->npages);
    tell("free pages", p->nfree);
    tell("objects", p->nobjects);
    for (const struct link *l = p->pages; l; l = l->next)
        tell_page(page_of(l));
    tell_hart();
    *all = words;
    return nwords;
}
