// Arenas and growing strings.
//
// An arena is a stack of blocks: allocation only moves a pointer, and everything after a mark is
// given back at once. The parser's tree lives in an arena that a function definition can hold on
// to; everything an expansion makes lives in the scratch arena until its command is done. So no
// error path has anything to free, even when it is left by longjmp.
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct block;

struct arena {
    struct block *top;
    int refs; // who keeps it: the reader of commands, each function defined in it
};

struct mark {
    struct block *top;
    size_t used;
};

struct strbuf {
    struct arena *home;
    char *s;
    size_t n, cap;
};

void *xmalloc(size_t n);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);

struct arena *arena_new(void);
void arena_drop(struct arena *a);
void *arena_alloc(struct arena *a, size_t n);
char *arena_strndup(struct arena *a, const char *s, size_t n);
struct mark arena_mark(struct arena *a);
void arena_release(struct arena *a, struct mark m);
// A block twice as large with the old contents; for buffers that grow.
void *arena_grow(struct arena *a, const void *old, size_t used, size_t *cap, size_t unit);

void sb_putc(struct strbuf *b, char c);
void sb_mem(struct strbuf *b, const char *s, size_t n);
void sb_puts(struct strbuf *b, const char *s);
char *sb_str(struct strbuf *b); // NUL-terminated; valid until the arena is released
