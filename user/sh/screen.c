// Drawing: the whole line again after most keys, a single character where that is enough.
#include "screen.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sh.h"

void screen_write(const char *s, size_t n)
{
    while (n > 0) {
        ssize_t put = write(2, s, n);
        if (put <= 0)
            return;
        s += put;
        n -= put;
    }
}

static bool continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

size_t char_next(const struct line *l, size_t at)
{
    if (at < l->n)
        at++;
    while (at < l->n && continues(l->text[at]))
        at++;
    return at;
}

size_t char_before(const struct line *l, size_t at)
{
    if (at)
        at--;
    while (at && continues(l->text[at]))
        at--;
    return at;
}

// The length of the escape sequence at s, 0 if there is none.
static size_t escape_length(const char *s, size_t n)
{
    size_t i = 2;
    if (n < 3 || s[0] != '\033' || s[1] != '[')
        return 0;
    while (i < n && (s[i] < '@' || s[i] > '~'))
        i++;
    return i < n ? i + 1 : 0;
}

static int wide(const char *s, size_t n)
{
    const unsigned char *u = (const unsigned char *)s;
    if (n < 3 || u[0] < 0xe1)
        return 1;
    uint32_t c = (u[0] & 15u) << 12 | (u[1] & 63u) << 6 | (u[2] & 63u);
    if (u[0] >= 0xf0)
        return u[0] == 0xf0 && u[1] >= 0x9f ? 2 : 1; // emoji and the planes of ideographs
    return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf)
                   || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff)
                   || (c >= 0xff00 && c <= 0xff60)
               ? 2
               : 1;
}

int text_width(const char *s, size_t n)
{
    int width = 0;
    for (size_t i = 0; i < n;) {
        size_t escape = escape_length(s + i, n - i);
        if (escape) {
            i += escape;
            continue;
        }
        if (!continues(s[i]))
            width += wide(s + i, n - i);
        i++;
    }
    return width;
}

static int terminal_columns(int fd)
{
    struct winsize ws;
    return ioctl(fd, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 1 ? ws.ws_col : 80;
}

void screen_start(struct line *l)
{
    size_t n = strlen(l->prompt);
    l->columns = terminal_columns(l->fd);
    l->row = text_width(l->prompt, n) / l->columns;
    screen_write(l->prompt, n);
}

static void move(struct strbuf *b, int n, char direction)
{
    char text[16];
    if (n <= 0)
        return;
    int len = snprintf(text, sizeof text, "\033[%d%c", n, direction);
    sb_mem(b, text, len);
}

void screen_refresh(struct line *l)
{
    struct mark m = arena_mark(&sh.scratch);
    struct strbuf b = {.home = &sh.scratch};
    l->columns = terminal_columns(l->fd);
    int before = text_width(l->prompt, strlen(l->prompt));
    int cursor = before + text_width(l->text, l->pos);
    int end = before + text_width(l->text, l->n);
    move(&b, l->row, 'A');
    sb_putc(&b, '\r');
    sb_puts(&b, l->prompt);
    sb_mem(&b, l->text, l->n);
    if (end && end % l->columns == 0)
        sb_puts(&b, "\r\n"); // a full row leaves the cursor on it until something follows
    sb_puts(&b, "\033[J");
    l->row = cursor / l->columns;
    if (cursor != end) {
        move(&b, end / l->columns - l->row, 'A');
        sb_putc(&b, '\r');
        move(&b, cursor % l->columns, 'C');
    }
    screen_write(b.s, b.n);
    arena_release(&sh.scratch, m);
}

static void insert_text(struct line *l, const char *s, size_t n)
{
    if (l->cap - l->n <= n + 1) {
        l->cap = (l->n + n + 2) * 2;
        l->text = xrealloc(l->text, l->cap);
    }
    memmove(l->text + l->pos + n, l->text + l->pos, l->n - l->pos + 1);
    memcpy(l->text + l->pos, s, n);
    l->n += n;
    l->pos += n;
}

void screen_insert(struct line *l, const char *s, size_t n)
{
    bool plain = l->pos == l->n && n == 1 && (unsigned char)*s < 0x80;
    insert_text(l, s, n);
    int width = text_width(l->prompt, strlen(l->prompt)) + text_width(l->text, l->n);
    if (plain && width % l->columns)
        screen_write(s, 1);
    else
        screen_refresh(l);
}

void screen_end(struct line *l)
{
    if (l->pos != l->n) {
        l->pos = l->n;
        screen_refresh(l);
    }
    screen_write("\n", 1);
}

void screen_clear(struct line *l)
{
    screen_write("\033[H\033[2J", 7);
    l->row = 0;
    screen_refresh(l);
}
