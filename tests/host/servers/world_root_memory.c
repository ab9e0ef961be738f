/*
 * Root's world: frames with what they hold, and Address spaces with tables that pools pay for.
 */
#include "world_root.h"

/* --- Frames ----------------------------------------------------------------------------- */

struct frame *root_frame(frame_t frame)
{
    u64 index = 0;

    for (u32 i = 0; i < RANGES; i++) {
        if (frame - w->ram[i].first < w->ram[i].npages)
            return &w->frame[index + frame - w->ram[i].first];
        index += w->ram[i].npages;
    }
    return 0;
}

/* Does that Memory have these? Devices: all that is no RAM. */
static bool covers(const struct sim_object *memory, u64 first, u64 npages)
{
    u64 range_first = memory->badge, range_npages = memory->bits;

    return first >= range_first && npages <= range_npages
           && first - range_first <= range_npages - npages;
}

static struct sim_object *memory_sent(const struct method_call *m, u64 first, u64 npages)
{
    struct sim_object *memory = sim_named((slot_t)m->slots, OBJECT_MEMORY);

    if (!memory || !covers(memory, first, npages))
        sim_broken("slot %u does not cover %lu frames from %lx", (slot_t)m->slots, npages, first);
    return memory;
}

s64 root_donate(struct pool *p, const struct method_call *m)
{
    memory_sent(m, m->word[0], m->word[1]);
    for (u64 i = 0; i < m->word[1]; i++) {
        struct frame *f = root_frame(m->word[0] + i);

        if (!f || f->use != USE_FREE)
            sim_broken("frame %lx is given to a pool, but in use", m->word[0] + i);
        if (f->memorys)
            sim_broken("frame %lx is given to a pool, but memory's", m->word[0] + i);
        f->use = USE_KERNEL;
    }
    p->pages += (s64)m->word[1];
    return 0;
}

static s64 derive(struct method_call *m)
{
    struct sim_object *pool = sim_named((slot_t)m->slots, OBJECT_POOL), *o;
    s64 slot = sim_slot_free((slot_t)(m->slots >> 32));

    if (!pool || slot < 0)
        sim_broken("a Memory is paid by no pool");
    if (!root_pays((u32)pool->bits, 64))
        return -ENOMEM;
    o = sim_object_make(OBJECT_MEMORY);
    o->badge = m->word[0];
    o->bits = m->word[1];
    sim_slot_set(&sim.slot[slot], o, 0);
    m->slots = (u64)slot;
    return 0;
}

s64 root_memory_method(struct sim_object *o, struct method_call *m)
{
    if (!covers(o, m->word[0], m->word[1]))
        sim_broken("a Memory does not cover %lu frames from %lx", m->word[1], m->word[0]);
    if ((u32)m->label == MEMORY_DERIVE)
        return derive(m);
    if ((u32)m->label != MEMORY_CLEAR)
        return -ENOSYS;
    for (u64 i = 0; i < m->word[1]; i++) {
        struct frame *f = root_frame(m->word[0] + i);

        if (!f || (f->use != USE_FREE && f->use != USE_USER))
            return -EINVAL;
        f->dirty = false;
        f->source = 0;
    }
    return 0;
}

/* --- Tables ----------------------------------------------------------------------------- */

static bool table_has(struct space *a, u64 table)
{
    for (u32 i = 0; i < a->ntables; i++)
        if (a->table[i] == table)
            return true;
    if (!root_pays(a->pool, PAGE_SIZE))
        return false;
    if (a->ntables == TABLES)
        sim_broken("too many tables");
    a->table[a->ntables++] = table;
    return true;
}

static bool tables_have(struct space *a, u64 address)
{
    return table_has(a, address >> 30 | 1ull << 63) && table_has(a, address >> 21);
}

/* --- Mappings --------------------------------------------------------------------------- */

const struct run *root_run_at(const struct space *a, u64 address)
{
    for (u32 i = 0; i < a->nruns; i++)
        if (address - a->run[i].address < a->run[i].npages * PAGE_SIZE)
            return &a->run[i];
    return 0;
}

/* The process table, wherever a server has it. */
static bool is_table(u64 address)
{
    return (address - SERVER_TABLE) % SERVER_AREA_PART < PROCESS_TABLE_PAGES * PAGE_SIZE;
}

static void frame_map(struct space *a, frame_t frame, u32 rights, bool shared)
{
    struct frame *f = root_frame(frame);
    u32 number = (u32)(a - w->space) + 1;
    bool root = frame - w->boot.root_first < w->boot.root_npages;

    if (!f)
        return; /* a device */
    if (f->use == USE_KERNEL || f->memorys || root)
        sim_broken("frame %lx is mapped, but not root's to give", frame);
    if (f->use == USE_BOOT && rights & ACCESS_WRITE)
        sim_broken("frame %lx of the boot archive is mapped writable", frame);
    if (rights & ACCESS_WRITE && number > 1) {
        if (f->writer && !shared)
            sim_broken("frame %lx may be written by two servers", frame);
        f->writer = (u8)number;
    }
    if (f->use == USE_FREE)
        f->use = USE_USER;
    f->maps++;
}

/* Next to the last run of the same kind, or a run of its own. */
static void run_add(struct space *a, struct run r)
{
    struct run *last = a->nruns ? &a->run[a->nruns - 1] : 0;

    if (last && last->rights == r.rights && last->address + last->npages * PAGE_SIZE == r.address
        && last->first + last->npages == r.first) {
        last->npages++;
        return;
    }
    if (a->nruns == RUNS)
        sim_broken("too many mappings");
    a->run[a->nruns++] = r;
}

static void page_show(frame_t frame)
{
    for (u32 i = 0; i < w->npages; i++)
        if (w->page[i].frame == frame)
            w->scratch = i + 1;
    if (w->scratch)
        return;
    if (w->npages == PAGES_KEPT)
        sim_broken("root writes too many pages");
    w->page[w->npages].frame = frame;
    w->scratch = ++w->npages;
}

/* Root's own: the archive to read, and the page that it writes. */
static void root_mapped(const struct run *r)
{
    if (r->rights & ACCESS_WRITE)
        page_show(r->first);
}

static s64 map(struct space *a, struct method_call *m)
{
    u64 n = m->word[2], at = m->word[0], first = m->word[1];

    memory_sent(m, first, n);
    if (at & PAGE_MASK || m->word[3] & ~7ull || (m->word[3] & 6) == 6)
        sim_broken("a mapping at %lx with rights %lx", at, m->word[3]);
    for (u64 i = 0; i < n; i++) {
        struct run r = {at + i * PAGE_SIZE, first + i, 1, (u32)m->word[3]};

        m->word[0] = r.address;
        if (root_run_at(a, r.address))
            return -EEXIST;
        if (!tables_have(a, r.address))
            return -ENOMEM;
        frame_map(a, r.first, r.rights, is_table(r.address));
        run_add(a, r);
        if (a == w->space)
            root_mapped(&r);
    }
    m->word[0] = at + n * PAGE_SIZE;
    return SIM_WORDS;
}

/* Only root's page for writing. */
static s64 unmap(struct space *a, struct method_call *m)
{
    const struct run *r = root_run_at(a, m->word[0]);

    if (a != w->space || m->word[1] != 1 || !r || r->npages != 1)
        sim_broken("root takes %lx away", m->word[0]);
    root_frame(r->first)->maps--;
    a->run[r - a->run] = a->run[--a->nruns];
    w->scratch = 0;
    return 0;
}

/* Whole pages of a server, from the archive. */
static s64 write_there(struct space *a, struct method_call *m)
{
    for (u64 done = 0; done < m->len; done += PAGE_SIZE) {
        u64 address = m->word[0] + done;
        const struct run *r = root_run_at(a, address);
        struct frame *f = r ? root_frame(r->first + (address - r->address) / PAGE_SIZE) : 0;

        if (!f || !(r->rights & ACCESS_WRITE))
            return (s64)done;
        f->source = (const u8 *)m->window + done;
        f->dirty = false;
    }
    return (s64)m->len;
}

s64 root_aspace_method(struct space *a, struct method_call *m)
{
    switch ((u32)m->label) {
    case ASPACE_MAP:
        return map(a, m);
    case ASPACE_UNMAP:
        return unmap(a, m);
    case ASPACE_WRITE:
        return write_there(a, m);
    default:
        return -ENOSYS;
    }
}

/* What it may write is anything from now on. */
void root_thread_marks(const struct thread *t)
{
    const struct space *a = &w->space[sim.object[t->aspace - 1].bits];

    for (u32 i = 0; i < a->nruns; i++)
        for (u64 k = 0; a->run[i].rights & ACCESS_WRITE && k < a->run[i].npages; k++) {
            struct frame *f = root_frame(a->run[i].first + k);

            if (f)
                f->dirty = true;
        }
}

void *world_address(u64 address)
{
    if (address == SERVER_ARCHIVE && (root_run_at(w->space, address) || !w->archive_bytes))
        return root_archive;
    if (address == 0x500000000 && w->scratch)
        return w->page[w->scratch - 1].bytes;
    sim_broken("root looks at %lx", address);
}
