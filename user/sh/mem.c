// Arenas and growing strings: see mem.h for the idea.
#include "mem.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct block {
    struct block *prev;
    size_t used, size;
    _Alignas(16) char data[];
};

enum { BLOCK_BYTES = 4000 };

static void out_of_memory(void)
{
    static const char text[] = "sh: out of memory\n";
    if (write(2, text, sizeof text - 1) < 0)
        _exit(2);
    _exit(2);
}

void *xmalloc(size_t n)
{
    void *p = malloc(n ? n : 1);
    if (!p)
        out_of_memory();
    return p;
}

void *xrealloc(void *old, size_t n)
{
    void *p = realloc(old, n ? n : 1);
    if (!p)
        out_of_memory();
    return p;
}

char *xstrdup(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(xmalloc(n), s, n);
}

struct arena *arena_new(void)
{
    struct arena *a = xmalloc(sizeof *a);
    a->top = NULL;
    a->refs = 1;
    return a;
}

void arena_drop(struct arena *a)
{
    if (--a->refs > 0)
        return;
    arena_release(a, (struct mark){NULL, 0});
    free(a);
}

static struct block *block_push(struct arena *a, size_t n)
{
    size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
    struct block *b = xmalloc(sizeof *b + size);
    b->prev = a->top;
    b->used = 0;
    b->size = size;
    a->top = b;
    return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
    struct block *b = a->top;
    n = (n + 15) & ~(size_t)15;
    if (!b || b->size - b->used < n)
        b = block_push(a, n);
    void *p = b->data + b->used;
    b->used += n;
    return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    char *p = arena_alloc(a, n + 1);
    memcpy(p, s, n);
    p[n] = 0;
    return p;
}

struct mark arena_mark(struct arena *a)
{
    return (struct mark){a->top, a->top ? a->top->used : 0};
}

void arena_release(struct arena *a, struct mark m)
{
    while (a->top != m.top) {
        struct block *b = a->top;
        a->top = b->prev;
        free(b);
    }
    if (a->top)
        a->top->used = m.used;
}

void *arena_grow(struct arena *a, const void *old, size_t used, size_t *cap, size_t unit)
{
    size_t next = *cap ? *cap * 2 : 64;
    void *p = arena_alloc(a, next * unit);
    if (used)
        memcpy(p, old, used * unit);
    *cap = next;
    return p;
}

void sb_putc(struct strbuf *b, char c)
{
    if (b->n == b->cap)
        b->s = arena_grow(b->home, b->s, b->n, &b->cap, 1);
    b->s[b->n++] = c;
}

void sb_mem(struct strbuf *b, const char *s, size_t n)
{
    while (b->cap - b->n < n)
        b->s = arena_grow(b->home, b->s, b->n, &b->cap, 1);
    if (n)
        memcpy(b->s + b->n, s, n);
    b->n += n;
}

void sb_puts(struct strbuf *b, const char *s)
{
    sb_mem(b, s, strlen(s));
}

char *sb_str(struct strbuf *b)
{
    sb_putc(b, 0);
    b->n--;
    return b->s;
}
