/*
 * What a server begins with, and what must hold of all of them after each message.
 */
#include "world_root.h"

#define BADGE_OF(rank) (SERVER_BADGE + (rank))
#define OWN_SLOTS 8u /* of root, for a server; for one that is away two less */

/* --- Slots ------------------------------------------------------------------------------ */

/* What its manifest says of a slot: an object's type, or nothing. */
static enum object_type slot_wanted(const struct manifest_entry *e, slot_t slot)
{
    u32 to = slot - SERVER_TO;
    bool other = to < SERVER_IDS && servers[to].entry;

    if (slot >= SERVER_CSPACE && slot <= SERVER_TIMER)
        return (const u8[]){OBJECT_NONE, OBJECT_CSPACE,   OBJECT_ASPACE,       OBJECT_THREAD,
                            OBJECT_POOL, OBJECT_ENDPOINT, OBJECT_NOTIFICATION, OBJECT_TIMER}[slot];
    if (slot == SERVER_MACHINE)
        return e->has & HAS_MACHINE ? OBJECT_MACHINE : OBJECT_NONE;
    if (slot == SERVER_DEVICE)
        return (e->has & HAS_UART && w->boot.uart.base) || (e->has & HAS_CLOCK && w->boot.clock)
                   ? OBJECT_MEMORY
                   : OBJECT_NONE;
    if (slot == SERVER_INTERRUPT)
        return e->has & HAS_INTERRUPT && w->boot.uart.source ? OBJECT_INTERRUPT : OBJECT_NONE;
    if (slot >= SERVER_RAM && slot < SERVER_RAM + 4)
        return (e->has & HAS_RAM && slot - SERVER_RAM < w->boot.nram)
                       || (e->has & HAS_ROUTES && slot == SERVER_RAM)
                   ? OBJECT_MEMORY
                   : OBJECT_NONE;
    if (to == SERVER_ID_MEMORY)
        return e->rank > SERVER_ID_MEMORY ? OBJECT_SESSION : OBJECT_NONE;
    return other && (e->calls | e->hands) >> to & 1 ? OBJECT_SESSION : OBJECT_NONE;
}

/* A notification that it may signal is another server's. */
static u32 signalled(const struct manifest_entry *e, slot_t slot)
{
    u32 to = slot == SERVER_EVENT_NOTIFY    ? SERVER_ID_EVENT
             : slot == SERVER_OUT_OF_MEMORY ? SERVER_ID_PROCESS
             : slot == SERVER_LOCKS         ? SERVER_ID_FS
                                            : SERVER_ID_ROOT;

    return e->signals >> to & 1 && to && servers[to].entry ? to : 0;
}

static u32 own(slot_t slot)
{
    return sim.slot[slot].object;
}

/* Of the first seven which one it is. */
static bool is_its_own(const struct server_record *s, slot_t slot, u32 object)
{
    const slot_t slots[] = {0,       s->cspace,   s->aspace,       s->thread,
                            s->pool, s->endpoint, s->notification, s->timer};

    return slot > SERVER_TIMER || own(slots[slot]) == object;
}

static void slot_check(const struct server_record *s, slot_t slot, u32 object)
{
    const struct sim_object *o = object ? &sim.object[object - 1] : 0;
    u32 to = signalled(s->entry, slot);
    enum object_type wanted = to ? OBJECT_NOTIFICATION : slot_wanted(s->entry, slot);
    enum object_type is = o ? o->type : OBJECT_NONE;

    if (is != wanted)
        sim_broken("%s has type %u in slot %u, not %u", s->entry->name, is, slot, wanted);
    if (!o)
        return;
    if (!is_its_own(s, slot, object) || (to && own(servers[to].notification) != object))
        sim_broken("%s has another's object in slot %u", s->entry->name, slot);
    if (is == OBJECT_SESSION
        && (o->rank != slot - SERVER_TO || o->badge != BADGE_OF(s->entry->rank)))
        sim_broken("%s has a session to %u as %lx", s->entry->name, o->rank, o->badge);
    if (is == OBJECT_SESSION && o->rank >= s->entry->rank && !(s->entry->hands >> o->rank & 1))
        sim_broken("%s may call %u", s->entry->name, o->rank);
}

/* Memory's session comes when memory runs: of memory's own start it is not there yet. */
static void slots_check(const struct server_record *s)
{
    const struct cspace *c = &w->cspace[sim_object_in(s->cspace)->bits];

    for (slot_t slot = 0; slot < CSPACE_SLOTS; slot++)
        slot_check(s, slot, c->slot[slot]);
    if (c->limit != SERVER_FREE)
        sim_broken("%s: limit %u", s->entry->name, c->limit);
}

/* --- Memory ----------------------------------------------------------------------------- */

struct part {
    const struct server_record *s;
    const struct space *a;
    u64 pages; /* seen so far */
};

/* Pages at the address have those rights, and are these frames unless first is 0. */
static void part_check(struct part *p, u64 address, struct boot_range frames, u32 rights)
{
    u64 at = server_address(p->s->area, address);

    for (u64 i = 0; i < frames.npages; i++) {
        const struct run *r = root_run_at(p->a, at + i * PAGE_SIZE);

        if (!r || r->rights != rights)
            sim_broken("%s: rights %u at %lx, not %u", p->s->entry->name, r ? r->rights : 0,
                       at + i * PAGE_SIZE, rights);
        if (frames.first && r->first + (at - r->address) / PAGE_SIZE + i != frames.first + i)
            sim_broken("%s: other frames at %lx", p->s->entry->name, at);
    }
    p->pages += frames.npages;
}

/* What it is made of: `source`, then zeroes. */
static void fresh_check(struct part *p, u64 address, u64 npages, const u8 *source, u64 nsource)
{
    part_check(p, address, (struct boot_range){0, npages}, ACCESS_READ | ACCESS_WRITE);
    for (u64 i = 0; i < npages; i++) {
        const struct run *r = root_run_at(p->a, address + i * PAGE_SIZE);
        const struct frame *f = root_frame(r->first + (address - r->address) / PAGE_SIZE + i);
        const u8 *wanted = i < nsource ? source + i * PAGE_SIZE : 0;

        if (f->dirty || f->source != wanted)
            sim_broken("%s: page %lx is not as it was built%s", p->s->entry->name,
                       address + i * PAGE_SIZE, f->dirty ? ", but dirty" : "");
    }
}

static void image_check(struct part *p)
{
    const struct flat_header *flat = (const void *)p->s->image.data;

    for (u32 i = 0; flat && i < flat->nsegments; i++) {
        const struct flat_segment *g = &flat->segment[i];
        struct boot_range text = {p->s->image.first + (g->offset >> PAGE_SHIFT),
                                  g->filesz >> PAGE_SHIFT};

        if (g->flags & ACCESS_WRITE)
            fresh_check(p, g->vaddr, g->memsz >> PAGE_SHIFT, p->s->image.data + g->offset,
                        g->filesz >> PAGE_SHIFT);
        else
            part_check(p, g->vaddr, text, (u32)g->flags);
    }
    if (flat)
        fresh_check(p, SERVER_STACK_TOP - p->s->entry->stack * PAGE_SIZE, p->s->entry->stack, 0, 0);
}

static struct boot_range member_frames(const char *name)
{
    struct member m = archive_find(name);

    return (struct boot_range){m.first, m.npages};
}

static void space_check(const struct server_record *s, const struct start_info *i)
{
    struct part p = {.s = s, .a = &w->space[sim_object_in(s->aspace)->bits]};
    u32 has = s->entry->has;
    u64 device = has & HAS_UART && w->boot.uart.base ? w->boot.uart.base : w->boot.clock, n = 0;

    image_check(&p);
    part_check(&p, SERVER_STACK_TOP, (struct boot_range){s->start_page, 1}, ACCESS_READ);
    if (has & (HAS_TABLE_WRITE | HAS_TABLE_READ))
        part_check(&p, SERVER_TABLE, (struct boot_range){0, PROCESS_TABLE_PAGES},
                   ACCESS_READ | (has & HAS_TABLE_WRITE ? ACCESS_WRITE : 0));
    if (has & HAS_ROOTFS)
        part_check(&p, SERVER_ARCHIVE, member_frames("rootfs.cpio"), ACCESS_READ);
    if (has & HAS_INITRD)
        part_check(&p, SERVER_INITRD, w->boot.initrd, ACCESS_READ);
    if (has & HAS_LOADER)
        part_check(&p, SERVER_LOADER, member_frames("servers/loader"), ACCESS_READ);
    if (has & HAS_ROUTES)
        part_check(&p, SERVER_ROUTES, (struct boot_range){i->routes_first, ROUTE_FRAMES},
                   ACCESS_READ | ACCESS_WRITE);
    if (slot_wanted(s->entry, SERVER_DEVICE))
        part_check(&p, SERVER_DEVICE_AT, (struct boot_range){device >> PAGE_SHIFT, 1},
                   ACCESS_READ | (has & HAS_UART && w->boot.uart.base ? ACCESS_WRITE : 0));
    for (u32 k = 0; k < p.a->nruns; k++)
        n += p.a->run[k].npages;
    if (n != p.pages)
        sim_broken("%s: %lu pages are mapped, not %lu", s->entry->name, n, p.pages);
}

/* --- The start page --------------------------------------------------------------------- */

static const struct start_info *page_of(const struct server_record *s)
{
    for (u32 i = 0; i < w->npages; i++)
        if (w->page[i].frame == s->start_page)
            return (const void *)w->page[i].bytes;
    sim_broken("%s has no start page", s->entry->name);
}

static bool table_is_used(void)
{
    for (u32 rank = 0; rank < SERVER_IDS; rank++)
        if (servers[rank].entry && servers[rank].entry->has & (HAS_TABLE_READ | HAS_TABLE_WRITE))
            return true;
    return false;
}

/* What is told to memory is all that is left, and nobody's yet; from now on it is memory's. */
static void own_check(const struct start_info *i)
{
    u64 told = 0, left = 0;

    for (u32 n = 0; n < i->nown; n++)
        for (u64 k = 0; k < i->own[n].npages; k++, told++) {
            struct frame *f = root_frame(i->own[n].first + k);

            if (!f || f->use != USE_FREE || f->memorys)
                sim_broken("frame %lx is memory's, but in use", i->own[n].first + k);
            f->memorys = true;
        }
    for (u32 n = 0; n < w->nframes; n++)
        left += w->frame[n].use == USE_FREE;
    if (!table_is_used())
        left -= PROCESS_TABLE_PAGES;
    if (told != left)
        sim_broken("%lu frames are memory's, of %lu", told, left);
}

static void page_check(const struct server_record *s, const struct start_info *i)
{
    u32 has = s->entry->has;

    if (i->id != s->entry->rank || strcmp(i->name, s->entry->name) || i->restarts != s->deaths
        || i->nharts != w->boot.nharts || i->timebase_hz != w->boot.timebase_hz)
        sim_broken("%s: its start page is another's", s->entry->name);
    if (has & HAS_SEED ? !i->seed[0] && !i->seed[1] && !i->seed[2] : i->seed[0] | i->seed[1])
        sim_broken("%s: seed", s->entry->name);
    if (!(has & (HAS_UART | HAS_INTERRUPT)) && i->uart.base)
        sim_broken("%s: told of the UART", s->entry->name);
    if (!(has & HAS_RAM) && (i->nown || i->nram))
        sim_broken("%s: told of memory", s->entry->name);
    if (has & HAS_LOADER && i->loader_bytes != archive_find("servers/loader").bytes)
        sim_broken("%s: the loader", s->entry->name);
    if (has & HAS_RAM && !w->booted)
        own_check(i);
}

/* --- Start ------------------------------------------------------------------------------ */

static void thread_check(const struct server_record *s)
{
    const struct thread *t = root_thread(s->entry->rank);
    const struct sim_object *handler = &sim.object[t->handler - 1];
    const struct flat_header *flat = (const void *)s->image.data;

    if (t->aspace != own(s->aspace) || t->cspace != own(s->cspace)
        || t->priority != s->entry->priority || t->tag)
        sim_broken("%s: its thread is another's", s->entry->name);
    if (handler->type != OBJECT_SESSION || handler->rank != SERVER_ID_ROOT
        || handler->badge != BADGE_OF(s->entry->rank))
        sim_broken("%s: its faults are another's", s->entry->name);
    if ((flat && t->r.pc != flat->entry) || t->r.x[REG_SP] != SERVER_STACK_TOP
        || t->r.x[REG_A0] != server_address(s->area, SERVER_STACK_TOP))
        sim_broken("%s: begins at %lx", s->entry->name, t->r.pc);
    if (w->scratch)
        sim_broken("root still has a page to write");
}

void root_check_start(u32 rank)
{
    const struct server_record *s = &servers[rank];
    const struct start_info *i = page_of(s);

    slots_check(s);
    page_check(s, i);
    space_check(s, i);
    thread_check(s);
}

/* --- After each message ----------------------------------------------------------------- */

static void server_check(u32 rank)
{
    const struct server_record *s = &servers[rank];
    const struct thread *t = root_thread(rank);

    if (s->away)
        return;
    if (!t || t->course != COURSE_RUNS)
        sim_broken("%s does not run", s->entry->name);
    if (t->faulted && sim.caller[t->faulted - 1].state != CALLER_QUEUED)
        sim_broken("%s has died, and root has forgotten it", s->entry->name);
}

void world_check(void)
{
    struct sim_object *timer = sim_named(SERVER_TIMER, OBJECT_TIMER);
    struct sim_object *n = sim_named(SERVER_NOTIFICATION, OBJECT_NOTIFICATION);
    u32 away = 0, here = 0;

    for (u32 rank = 1; rank < SERVER_IDS; rank++)
        if (servers[rank].entry) {
            server_check(rank);
            here++;
            away += servers[rank].away;
        }
    if (sim_slots_used() != OWN_SLOTS * here - 2 * away)
        sim_broken("%u slots of root's are used, for %u servers", sim_slots_used(), here);
    if (!(n->bits & NOTIFY_TIMER) && timer->bits > sim.now + TICKS)
        sim_broken("root does not look again");
}

/* What it still has was checked after the last message. */
void world_end(void)
{
    sim.base_slots = sim_slots_used();
    sim.base_sessions = sim_sessions();
}
