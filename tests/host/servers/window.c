/*
 * Windows of callers, and copies: what ipc/window.c does, on memory that all clients share.
 */
#include "sim.h"

#define IOVEC_MAX 1024u

static u32 page_of(u64 address)
{
    return (u32)((address - SIM_MEMORY) >> PAGE_SHIFT);
}

static bool page_there(u64 address)
{
    if (address >= SIM_MEMORY && address < SIM_MEMORY + sizeof(sim.memory)
        && sim_lacks(LACK_PAGE)) {
        sim.absent |= 1ull << page_of(address);
        sim.refused |= lack.lasts ? sim.absent : 0;
    }
    return address >= SIM_MEMORY && address < SIM_MEMORY + sizeof(sim.memory)
           && !(sim.absent >> page_of(address) & 1);
}

u8 *sim_memory_at(u64 address, u64 *len)
{
    u64 there = 0;

    while (there < *len && page_there(address + there))
        there += PAGE_SIZE - ((address + there) & PAGE_MASK);
    if (there < *len)
        *len = there;
    return *len ? sim.memory + (address - SIM_MEMORY) : 0;
}

/* Of [address, address + len), what a window may reach. */
static u64 range(const struct sim_caller *c, u64 address, u64 len)
{
    if (address >= USER_END)
        return 0;
    if (len > USER_END - address)
        len = USER_END - address;
    if (c->cut && c->cut_at >= (address & ~PAGE_MASK) && c->cut_at < address + len)
        len = c->cut_at > address ? c->cut_at - address : 0;
    return len;
}

struct view {
    u8 kind, access;
    u64 address, len;
};

static struct view view_of(const struct sim_caller *c, u32 i)
{
    const struct window_spec *s = &c->spec[i];
    u64 n = c->word[s->len_arg];

    if (c->kind == KIND_NATIVE && i == 0 && !c->forwards)
        return (struct view){WINDOW_BUFFER, ACCESS_READ | ACCESS_WRITE, c->window, c->window_len};
    if (c->kind != KIND_ROUTED || s->kind == WINDOW_NONE)
        return (struct view){0};
    if (s->kind == WINDOW_STRING)
        n = WINDOW_STRING_MAX;
    else if (s->kind == WINDOW_CONST)
        n = s->len;
    else if (s->kind == WINDOW_ARRAY)
        n = n > USER_END / (s->len | 1) ? USER_END : n * s->len;
    return (struct view){s->kind, s->access, c->word[s->arg], n};
}

struct iovec {
    u64 base, len;
};

static bool iovec_read(const struct sim_caller *c, const struct view *w, u64 i, struct iovec *v,
                       u64 *stop)
{
    u64 at = w->address + i * sizeof(*v), len = sizeof(*v);
    u8 *from;

    if (range(c, at, sizeof(*v)) < sizeof(*v))
        return false;
    from = sim_memory_at(at, &len);
    if (len < sizeof(*v)) {
        *stop = at;
        return false;
    }
    memcpy(v, from, sizeof(*v));
    return true;
}

static u64 piece(const struct sim_caller *c, struct iovec v, u64 offset, u64 *address)
{
    if (offset >= v.len || v.base >= USER_END || offset >= USER_END)
        return 0;
    *address = v.base + offset;
    return range(c, *address, v.len - offset);
}

/* What lies at an offset of the window; *stop: the array is not there. */
static u64 window_piece(const struct sim_caller *c, u32 i, u64 offset, u64 *address, u64 *stop)
{
    struct view w = view_of(c, i);
    struct iovec v = {w.address, w.len};
    u64 before = 0;

    *stop = ~0ull;
    if (w.kind != WINDOW_IOVEC)
        return piece(c, v, offset, address);
    for (u64 k = 0; k < w.len && k < IOVEC_MAX; k++) {
        if (!iovec_read(c, &w, k, &v, stop))
            return 0;
        if (offset - before < v.len)
            return piece(c, v, offset - before, address);
        before += v.len;
    }
    return 0;
}

u64 sim_window_bytes(struct sim_caller *c, u32 i)
{
    struct view w = view_of(c, i);
    struct iovec v;
    u64 sum = 0, stop;

    if (w.kind != WINDOW_IOVEC)
        return w.len;
    for (u64 k = 0; k < w.len && k < IOVEC_MAX; k++) {
        if (!iovec_read(c, &w, k, &v, &stop))
            return ~0ull;
        sum += v.len < USER_END - sum ? v.len : USER_END - sum;
    }
    return sum;
}

enum access sim_window_access(const struct sim_caller *c, u32 i)
{
    return view_of(c, i).access;
}

s32 sim_window_first(const struct sim_caller *c, enum access access)
{
    for (s32 i = 0; i < 2; i++)
        if (sim_window_access(c, (u32)i) & access)
            return i;
    return -1;
}

u64 sim_copy_memory(struct sim_caller *c, u64 address, u8 *own, u64 len, bool out)
{
    u64 there = range(c, address, len);
    u8 *at = sim_memory_at(address, &there);

    if (there && out)
        memmove(at, own, there);
    else if (there)
        memmove(own, at, there);
    if (there < len)
        c->stop = address + there;
    return there;
}

/* One contiguous piece; false when the copy is over. */
static bool copy_piece(struct sim_copy *w)
{
    u64 address = 0, array;
    u64 len = window_piece(w->caller, w->window, w->offset + w->done, &address, &array), did;

    if (!len) {
        w->stop = array != ~0ull ? COPY_PAGE : COPY_WINDOW_END;
        w->caller->stop = array;
        return false;
    }
    if (len > w->len - w->done)
        len = w->len - w->done;
    did = sim_copy_memory(w->caller, address, w->own + w->done, len, w->out);
    w->done += did;
    if (did < len)
        w->stop = COPY_PAGE;
    return did == len;
}

/* Behind the NUL, if it comes. */
static void copy_string(struct sim_copy *w)
{
    u64 address = 0, array;
    u64 len = window_piece(w->caller, w->window, w->offset, &address, &array), there;
    const u8 *at;

    if (len > w->len)
        len = w->len;
    there = len;
    at = sim_memory_at(address, &there);
    if (at)
        w->done = strnlen((const char *)at, there);
    if (w->done < there)
        w->done++;
    if (w->done)
        memcpy(w->own, at, w->done);
    w->stop = COPY_DONE;
    if (w->done == w->len || (w->done && at[w->done - 1] == 0))
        return;
    w->stop = w->done == len ? COPY_WINDOW_END : COPY_PAGE;
    if (w->stop == COPY_PAGE)
        w->caller->stop = address + w->done;
}

void sim_copy(struct sim_copy *w)
{
    u64 wanted = w->len;
    u32 pieces = 0;

    w->done = 0;
    w->stop = COPY_DONE;
    if (w->len > COPY_MAX)
        w->len = COPY_MAX;
    if (view_of(w->caller, w->window).kind == WINDOW_STRING && !w->out) {
        copy_string(w);
        return;
    }
    while (w->done < w->len && pieces++ < IOVEC_MAX_PER_COPY)
        if (!copy_piece(w))
            return;
    if (w->done < wanted)
        w->stop = COPY_LIMIT;
}

/* As REPLY_COPY has it: word 0 bytes, word 1 why it ended. */
void sim_copy_between(struct sim_caller *to, struct sim_caller *from, struct method_call *m)
{
    u64 len = m->word[4] > COPY_MAX ? COPY_MAX : m->word[4], done = 0, stop = COPY_DONE;
    u64 limit = m->word[4];

    for (u32 i = 0; done < len && stop == COPY_DONE; i++) {
        u64 address = 0, array, there, n;
        struct sim_copy w = {.caller = to, .window = (u32)m->word[0], .out = true};
        u64 piece = window_piece(from, (u32)m->word[2], m->word[3] + done, &address, &array);
        if (i == IOVEC_MAX_PER_COPY) {
            stop = COPY_LIMIT;
            break;
        }
        from->stop = array;
        stop = array != ~0ull ? COPY_PAGE_OTHER : COPY_WINDOW_END;
        if (!piece)
            break;
        n = piece < len - done ? piece : len - done;
        there = n;
        w.own = sim_memory_at(address, &there);
        w.offset = m->word[1] + done;
        w.len = there;
        w.stop = COPY_DONE;
        if (there)
            sim_copy(&w);
        done += w.done;
        stop = w.stop == COPY_LIMIT ? COPY_DONE : w.stop;
        if (there < n && w.done == there) {
            from->stop = address + there;
            stop = COPY_PAGE_OTHER;
        }
    }
    m->word[0] = done;
    m->word[1] = stop == COPY_DONE && len < limit ? COPY_LIMIT : stop;
}

u64 sim_deliver_data(struct sim_caller *c, u64 buffer)
{
    u64 size = 1ull << (buffer & BUFFER_SHIFT), more;
    u8 *to = (void *)(buffer & ~PAGE_MASK);
    s32 i = sim_window_first(c, ACCESS_READ);
    struct view w;
    struct sim_copy copy = {.caller = c, .own = to, .len = size};

    if (!buffer || i < 0 || c->kind == KIND_FAULT)
        return 0;
    w = view_of(c, (u32)i);
    if (c->kind == KIND_ROUTED && buffer & BUFFER_NO_DATA
        && (w.kind == WINDOW_BUFFER || w.kind == WINDOW_IOVEC))
        return 0;
    copy.window = (u32)i;
    if (w.kind != WINDOW_STRING && w.kind != WINDOW_IOVEC && w.len < size)
        copy.len = w.len;
    sim_copy(&copy);
    c->stop = ~0ull;
    if (i || copy.done != w.len || !(c->spec[0].access & c->spec[1].access & ACCESS_READ)
        || c->spec[1].kind != WINDOW_CONST || (w.kind != WINDOW_CONST && w.kind != WINDOW_ARRAY)
        || c->cut || copy.done + c->spec[1].len > size)
        return copy.done;
    more = c->spec[1].len;
    (void)sim_copy_memory(c, c->word[c->spec[1].arg], to + copy.done, more, false);
    if (c->stop != ~0ull)
        more = 0;
    c->stop = ~0ull;
    return copy.done + more;
}
