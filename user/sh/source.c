// Where the text of commands comes from.
//
// Standard input is shared with the commands that run: `sh` and then `cat` in a piped script must
// each see their own part. So from a pipe the shell reads byte by byte, and from a file a block at
// a time, after which it seeks back to the end of the line that it keeps.
#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edit.h"
#include "sh.h"
#include "trap.h"

enum { BLOCK = 4096 };

void source_string(struct source *s, const char *text, size_t n)
{
    *s = (struct source){.kind = SRC_STRING, .fd = -1, .line = 1, .buf = (char *)text, .n = n};
}

void source_fd(struct source *s, enum source_kind kind, int fd)
{
    *s = (struct source){.kind = kind, .fd = fd, .line = 1};
    if (kind == SRC_STDIN)
        s->seekable = lseek(fd, 0, SEEK_CUR) >= 0;
}

void source_close(struct source *s)
{
    if (s->kind == SRC_STRING)
        return;
    free(s->buf);
    if (s->kind == SRC_FILE)
        close(s->fd);
}

void source_flush(struct source *s)
{
    s->pos = s->n;
    s->continued = false;
}

static void make_room(struct source *s, size_t want)
{
    if (s->pos) {
        memmove(s->buf, s->buf + s->pos, s->n - s->pos);
        s->n -= s->pos;
        s->pos = 0;
    }
    if (s->cap - s->n >= want)
        return;
    s->cap = (s->n + want) * 2;
    s->buf = xrealloc(s->buf, s->cap);
}

bool source_insert(struct source *s, const char *text)
{
    size_t len = strlen(text);
    if (s->kind == SRC_STRING)
        return false;
    make_room(s, len);
    memmove(s->buf + s->pos + len, s->buf + s->pos, s->n - s->pos);
    memcpy(s->buf + s->pos, text, len);
    s->n += len;
    return true;
}

static ssize_t read_some(struct source *s, size_t want)
{
    ssize_t got;
    make_room(s, want);
    do {
        got = read(s->fd, s->buf + s->n, want);
        if (got < 0 && errno == EINTR)
            trap_poll();
    } while (got < 0 && errno == EINTR);
    return got;
}

static bool fill_block(struct source *s)
{
    ssize_t got = read_some(s, BLOCK);
    if (got <= 0)
        return false;
    s->n += got;
    return true;
}

static bool fill_line_seeking(struct source *s)
{
    ssize_t got = read_some(s, BLOCK);
    if (got <= 0)
        return false;
    char *nl = memchr(s->buf + s->n, '\n', got);
    ssize_t keep = nl ? nl + 1 - (s->buf + s->n) : got;
    if (keep < got && lseek(s->fd, keep - got, SEEK_CUR) < 0)
        keep = got;
    s->n += keep;
    return true;
}

static bool fill_line_bytewise(struct source *s)
{
    size_t start = s->n - s->pos;
    while (read_some(s, 1) > 0) {
        s->n++;
        if (s->buf[s->n - 1] == '\n')
            return true;
    }
    return s->n - s->pos > start;
}

static bool fill_tty(struct source *s)
{
    size_t n;
    char *line = edit_read_line(s->fd, s->continued, &n);
    if (!line)
        return false;
    make_room(s, n);
    memcpy(s->buf + s->n, line, n);
    s->n += n;
    free(line);
    return true;
}

static bool fill(struct source *s)
{
    if (s->eof)
        return false;
    bool ok = false;
    switch (s->kind) {
    case SRC_STRING:
        break;
    case SRC_FILE:
        ok = fill_block(s);
        break;
    case SRC_STDIN:
        ok = s->seekable ? fill_line_seeking(s) : fill_line_bytewise(s);
        break;
    case SRC_TTY:
        ok = fill_tty(s);
        break;
    }
    s->eof = !ok;
    return ok;
}

int source_peek(struct source *s, size_t ahead)
{
    while (s->n - s->pos <= ahead)
        if (!fill(s))
            return SRC_EOF;
    return (unsigned char)s->buf[s->pos + ahead];
}

int source_get(struct source *s)
{
    int c = source_peek(s, 0);
    if (c == SRC_EOF)
        return c;
    s->pos++;
    if (c == '\n')
        s->line++;
    return c;
}
