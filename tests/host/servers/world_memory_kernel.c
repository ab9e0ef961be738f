/*
 * Frames and page tables as the kernel keeps them, for the memory server: counts, pins, and
 * whether a frame still holds what somebody else wrote there.
 */
#include "world_memory.h"

#include <sanitizer/asan_interface.h>

struct memory_world *w;

struct frame *frame_find(u64 frame)
{
    if (frame - RAM_FIRST < RAM_PAGES)
        return &w->frame[frame - RAM_FIRST];
    return frame - RAM2_FIRST < RAM2_PAGES ? &w->frame[RAM_PAGES + frame - RAM2_FIRST] : 0;
}

static bool covers(slot_t memory, u64 first, u64 n)
{
    u64 base = memory == SERVER_RAM ? RAM_FIRST : RAM2_FIRST;
    u64 pages = memory == SERVER_RAM ? RAM_PAGES : RAM2_PAGES;

    return (memory == SERVER_RAM || memory == SERVER_RAM + 1) && first >= base
           && first - base < pages && n <= pages - (first - base);
}

static bool release(struct frame *f)
{
    if (!f->count)
        sim_broken("frame %ld has a use too few", f - w->frame);
    f->count--;
    if (f->count || f->pinned)
        return false;
    f->stale = true;
    return true;
}

/* --- Memory --------------------------------------------------------------------------------- */

static s64 clear(struct method_call *m)
{
    for (u64 i = 0; i < m->word[1]; i++) {
        struct frame *f = frame_find(m->word[0] + i);

        if (!f || f->kernel)
            return -EINVAL;
        f->stale = false;
    }
    return 0;
}

s64 memory_method(struct sim_object *o, slot_t slot, struct method_call *m)
{
    struct frame *f = frame_find(m->word[0]);

    (void)o;
    if (!f || f->kernel || !covers(slot, m->word[0], 1))
        return -EINVAL;
    switch ((u32)m->label) {
    case MEMORY_CLEAR:
        return clear(m);
    case MEMORY_COPY:
        f->stale = false;
        return 0;
    case MEMORY_PIN:
        if (f->pinned)
            return -EBUSY;
        f->pinned = true;
        return 0;
    case MEMORY_UNPIN:
        if (!f->pinned)
            return -EINVAL;
        f->pinned = false;
        f->stale |= !f->count;
        return !f->count;
    default:
        return -ENOSYS;
    }
}

/* A page for the kernel's objects. */
s64 world_donate(const struct method_call *m)
{
    struct frame *f = frame_find(m->word[0]);

    if (!f || f->count || f->pinned || f->kernel)
        sim_broken("frame %lx is donated while it is in use", m->word[0]);
    f->kernel = true;
    w->tables_left = w->tables_left >= 0 ? 3 : -1;
    sim.pool_left = sim.pool_left >= 0 ? 4 : -1;
    return 0;
}

/* --- Address spaces -------------------------------------------------------------------------- */

struct aspace *aspace_of(const struct sim_object *o)
{
    for (u32 i = 0; i < ASPACES; i++)
        if (w->aspace[i].object == o->index + 1)
            return &w->aspace[i];
    sim_broken("object %u is no address space", o->index);
}

/* Index of the first page at or above. */
static u32 page_index(const struct aspace *a, u64 va)
{
    u32 low = 0, high = a->n;

    while (low < high) {
        u32 middle = (low + high) / 2;

        if (a->page[middle].va < va)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct page *page_find(struct aspace *a, u64 va)
{
    u32 i = page_index(a, va);

    return i < a->n && a->page[i].va == va ? &a->page[i] : 0;
}

static bool is_own(const struct aspace *a)
{
    return a->object == sim.slot[SERVER_ASPACE].object;
}

/* The server's own memory is the host's. */
static void own_show(u64 va, bool there, bool zero)
{
    u8 *at = (void *)(va << PAGE_SHIFT);

    if (!there) {
        ASAN_POISON_MEMORY_REGION(at, PAGE_SIZE);
        return;
    }
    ASAN_UNPOISON_MEMORY_REGION(at, PAGE_SIZE);
    if (zero)
        memset(at, 0, PAGE_SIZE);
}

static void page_remove(struct aspace *a, struct page *p)
{
    if (is_own(a))
        own_show(p->va, false, false);
    a->n--;
    memmove(p, p + 1, (u64)(a->page + a->n - p) * sizeof(*p));
}

static s64 page_add(struct aspace *a, u64 va, u64 frame, u32 rights)
{
    struct frame *f = frame_find(frame);
    u32 i = page_index(a, va);

    if (!f || f->kernel)
        return -EINVAL;
    if (w->tables_left == 0 || sim_lacks(LACK_SERVER) || a->n == ASPACE_PAGES)
        return a->n == ASPACE_PAGES ? -EINVAL : -ENOMEM;
    w->tables_left -= w->tables_left > 0;
    if ((rights & MAP_ZERO && !f->count) || is_own(a))
        f->stale = false;
    if (f->stale)
        sim_broken("frame %lx is mapped with what was left in it", frame);
    memmove(&a->page[i + 1], &a->page[i], (a->n - i) * sizeof(a->page[0]));
    a->page[i] = (struct page){va, (u32)frame, rights & 7};
    a->n++;
    f->count++;
    if (is_own(a))
        own_show(va, true, rights & MAP_ZERO);
    return 0;
}

s64 aspace_map_run(struct sim_object *o, const u64 word[4], const u64 *frames, u32 flags, u64 *done)
{
    struct aspace *a = aspace_of(o);
    u64 va = word[0] >> PAGE_SHIFT, n = word[2];
    s64 error = 0;

    for (u64 i = 0; i < n && !error; i++) {
        struct page *p = page_find(a, va + i);

        *done = i;
        if (p && word[3] & MAP_KEEP)
            continue;
        if (p && !(flags & MAP_REPLACE))
            return -EEXIST;
        if (p)
            sim_broken("pages are replaced only one by one");
        error = page_add(a, va + i, frames ? frames[i] : word[1] + i, (u32)word[3]);
    }
    *done += !error;
    return error;
}

static s64 replace(struct aspace *a, struct page *p, struct method_call *m)
{
    struct frame *new = frame_find(m->word[1]), *old = frame_find(p->frame);

    if (!new || new->kernel)
        return -EINVAL;
    new->count++;
    new->stale &= !is_own(a);
    m->word[1] = release(old) ? p->frame : FRAME_NONE;
    p->frame = (u32)(new - w->frame < RAM_PAGES ? RAM_FIRST + (u64)(new - w->frame)
                                                : RAM2_FIRST + (u64)(new - w->frame) - RAM_PAGES);
    p->rights = m->word[3] & 7;
    return (s64)(m->word[0] + PAGE_SIZE);
}

static bool range_is_wrong(u64 va, u64 n)
{
    return va & PAGE_MASK || n > USER_END >> PAGE_SHIFT || !n;
}

static s64 map(struct sim_object *o, struct method_call *m)
{
    struct aspace *a = aspace_of(o);
    struct page *p = page_find(a, m->word[0] >> PAGE_SHIFT);
    const u64 *frames = m->len ? (const u64 *)m->window : 0;
    u64 done = 0, start = m->word[0];
    s64 error;

    if (range_is_wrong(m->word[0], m->word[2]) || (frames && m->len < m->word[2] * 8))
        return -EINVAL;
    for (u64 i = 0; i < m->word[2]; i++)
        if (!covers((slot_t)m->slots, frames ? frames[i] : m->word[1] + i, 1))
            return -EINVAL;
    if (p && m->word[2] == 1 && m->word[4] & MAP_REPLACE)
        return replace(a, p, m);
    error = aspace_map_run(o, m->word, frames, (u32)m->word[4], &done);
    m->word[0] = start + done * PAGE_SIZE;
    m->word[1] = FRAME_NONE;
    return error < 0 ? error : (s64)m->word[0];
}

static s64 unmap(struct aspace *a, struct method_call *m)
{
    u64 va = m->word[0] >> PAGE_SHIFT, end = va + m->word[1], found = 0;
    u64 *frames = (u64 *)m->window, room = m->len / sizeof(u64);
    u32 i;

    if (range_is_wrong(m->word[0], m->word[1]))
        return -EINVAL;
    m->word[2] = room ? 5 : FRAME_NONE;
    for (i = page_index(a, va); i < a->n && a->page[i].va < end;) {
        struct page p = a->page[i];

        if (room && found == room) {
            end = p.va;
            break;
        }
        page_remove(a, &a->page[i]);
        if (!release(frame_find(p.frame)))
            continue;
        if (room)
            frames[found++] = p.frame;
        else if (m->word[1] == 1)
            m->word[2] = p.frame;
    }
    m->word[1] = found;
    return (s64)(end << PAGE_SHIFT);
}

static s64 protect(struct aspace *a, const struct method_call *m)
{
    u64 va = m->word[0] >> PAGE_SHIFT, end = va + m->word[1];

    if (range_is_wrong(m->word[0], m->word[1]))
        return -EINVAL;
    for (u32 i = page_index(a, va); i < a->n && a->page[i].va < end; i++)
        a->page[i].rights = (u32)m->word[2] & (m->word[3] ? 7 : a->page[i].rights);
    return 0;
}

static s64 share(struct aspace *a, struct method_call *m)
{
    struct sim_object *o = sim_named((slot_t)m->slots, OBJECT_ASPACE);
    u64 va = m->word[0] >> PAGE_SHIFT, end = va + m->word[1];
    struct aspace *to;

    if (!o)
        return -EBADF;
    to = aspace_of(o);
    for (u32 i = page_index(a, va); i < a->n && a->page[i].va < end; i++) {
        struct page *p = &a->page[i];
        s64 error;

        if (page_find(to, p->va))
            return -EEXIST;
        if (m->word[2] & SHARE_COW)
            p->rights &= ~(u32)ACCESS_WRITE;
        error = page_add(to, p->va, p->frame, p->rights);
        m->word[0] = p->va << PAGE_SHIFT;
        if (error)
            return error;
    }
    return (s64)(end << PAGE_SHIFT);
}

static s64 query(struct aspace *a, struct method_call *m)
{
    u64 va = m->word[0] >> PAGE_SHIFT, end = va + m->word[1];
    u32 i = page_index(a, va), n = 0;
    struct page *p = page_find(a, va);

    if (m->len && m->len < m->word[1] * 8)
        return -EINVAL;
    if (m->len) {
        for (u64 k = 0; k < m->word[1]; k++) {
            p = page_find(a, va + k);
            ((u64 *)m->window)[k] = p ? (u64)p->frame << 8 | p->rights : 0;
        }
        return (s64)m->word[1];
    }
    if (m->word[1]) {
        m->word[1] = i < a->n ? a->page[i].va << PAGE_SHIFT : 0;
        for (; i < a->n && a->page[i].va < end; i++)
            n++;
        return n;
    }
    m->word[1] = p ? p->rights : 0;
    m->word[2] = p ? frame_find(p->frame)->count + frame_find(p->frame)->pinned : 0;
    return p ? (s64)p->frame : SIM_UNKNOWN;
}

/* Copy on write. */
static s64 own(struct aspace *a, struct method_call *m)
{
    struct frame *new = frame_find(m->word[1]), *model = frame_find(m->word[3]);
    struct page *p = page_find(a, m->word[0] >> PAGE_SHIFT);
    struct frame *old = p ? frame_find(p->frame) : 0;

    if (!new || !covers((slot_t)m->slots, m->word[1], 1))
        return -EINVAL;
    if (new->count || new->pinned || new->kernel)
        return -EBUSY;
    if (w->tables_left == 0)
        return -ENOMEM;
    if (!p && m->word[3] == FRAME_NONE)
        return -ENOENT;
    if (!p && (!model || !covers((slot_t)m->slots, m->word[3], 1) || model == new))
        return -EINVAL;
    if (p && old->count == 1 && !old->pinned) {
        p->rights = m->word[2] & 7;
        return 1;
    }
    new->stale = false;
    if (!p)
        return page_add(a, m->word[0] >> PAGE_SHIFT, m->word[1], (u32)m->word[2]);
    new->count++;
    release(old);
    p->frame = (u32)m->word[1];
    p->rights = m->word[2] & 7;
    return 0;
}

s64 aspace_method(struct sim_object *o, struct method_call *m)
{
    struct aspace *a = aspace_of(o);

    switch ((u32)m->label) {
    case ASPACE_MAP:
        return map(o, m);
    case ASPACE_UNMAP:
        return unmap(a, m);
    case ASPACE_PROTECT:
        return protect(a, m);
    case ASPACE_SHARE:
        return share(a, m);
    case ASPACE_QUERY:
        return query(a, m);
    case ASPACE_OWN:
        return own(a, m);
    default:
        return 0;
    }
}
