/*
 * The page ledger against every page table and pool (L1, A1 to A4, promises 1 and 2).
 *
 * The one idea: every use that can be found is taken away from the ledger's counts, which leaves
 * the pins alone; then they are given back.
 */
#include "ipc/endpoint.h"
#include "kernel/arch.h"
#include "kernel/aspace.h"
#include "kernel/cspace.h"
#include "kernel/ledger.h"
#include "tests/kernel/check.h"

static u32 account(frame_t frame, enum frame_type type, s32 delta)
{
    struct ledger_entry *e = ledger_find(frame);

    if (!e || e->type != type)
        return 1;
    if (type == FRAME_TABLE)
        e->uses += (u32)delta;
    else
        e->count += (u32)delta;
    return 0;
}

/* Uses of user frames by the kernel itself. */
static u32 account_routes(const struct cspace *c, s32 delta)
{
    u32 wrong = 0;

    for (u32 i = 0; c->routes_frame && i < ROUTE_FRAMES; i++)
        wrong += account(c->routes_frame + i, FRAME_USER, delta);
    return wrong;
}

/* --- Page tables ------------------------------------------------------------------------- */

struct tables {
    u64 npages, ntables;
    s32 delta;
};

static u32 account_leaf(u64 pte, s32 delta)
{
    return arch_pte_is_device(pte) ? 0 : account(arch_pte_frame(pte), FRAME_USER, delta);
}

/* The table that an entry points to, of that level, and what hangs from it; L5 for middle and leaf
 * tables. */
static u32 account_table(struct tables *t, frame_t frame, u32 level)
{
    const u64 *table = arch_direct(frame << PAGE_SHIFT);
    const struct ledger_entry *b = ledger_find(frame);
    u32 wrong = account(frame, FRAME_TABLE, t->delta), n = level == 2 ? 256 : 512;

    t->ntables++;
    for (u32 i = 0; i < n; i++) {
        if (!table[i])
            continue;
        wrong += level < 2 && (i < b->first || i > b->last);
        t->npages += level == 0;
        wrong += level ? account_table(t, arch_pte_frame(table[i]), level - 1)
                       : account_leaf(table[i], t->delta);
    }
    return wrong;
}

static u32 account_aspace(const struct aspace *a, s32 delta)
{
    struct tables t = {.delta = delta};
    u32 wrong;

    if (!a->root)
        return 0;
    wrong = account_table(&t, a->root_pa >> PAGE_SHIFT, 2);
    for (u32 i = 0; i < 256; i++)
        wrong += (a->root[i] != 0) != (a->roots[i / 64] >> i % 64 & 1);
    return wrong + (t.npages != a->npages) + (t.ntables != a->ntables);
}

/* --- All ----------------------------------------------------------------------------------- */

static u32 account_page(const struct pool_page *page, s32 delta)
{
    u32 wrong = 0;

    for (struct object *o = check_next(page, 0); o; o = check_next(page, o)) {
        if (o->type == OBJECT_ASPACE)
            wrong += account_aspace((struct aspace *)(void *)o, delta);
        else if (o->type == OBJECT_CSPACE)
            wrong += account_routes((struct cspace *)(void *)o, delta);
    }
    return wrong;
}

static u32 account_all(s32 delta)
{
    u32 wrong = 0;

    for (const struct pool *p = pools; p; p = p->next)
        for (const struct link *l = p->pages; l; l = l->next)
            wrong += account_page(page_of(l), delta);
    return wrong;
}

/* With every use taken away that can be found, only the pins are left. */
static bool rest_wrong(const struct ledger_entry *e)
{
    u32 rest = e->type == FRAME_KERNEL ? 1 : e->pinned;

    return (e->type == FRAME_TABLE ? e->uses : e->count) != rest;
}

static bool is_owned(const struct ledger_entry *e)
{
    return e->type == FRAME_TABLE || (e->type == FRAME_KERNEL && !e->pinned);
}

u32 check_frames(void)
{
    u32 wrong = account_all(-1);
    u64 owned = 0;

    for (u32 i = 0; i < BOOT_RANGES; i++)
        for (u64 j = 0; j < ledger_ranges[i].npages; j++) {
            wrong += rest_wrong(&ledger_ranges[i].entries[j]);
            owned += is_owned(&ledger_ranges[i].entries[j]);
        }
    account_all(1);
    for (const struct pool *p = pools; p; p = p->next)
        owned -= p->npages;
    return wrong + (owned != 0);
}
