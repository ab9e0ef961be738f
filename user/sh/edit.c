// The line editor: keys to changes of the line. The terminal is raw only while a line is typed.
//
// Keys are read one byte at a time, so that what is typed ahead stays in the terminal for the
// command that the line starts.
#include "edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "screen.h"
#include "expand.h"
#include "trap.h"
#include "var.h"

enum { CTRL = 0x1f, ESCAPE = 27, BACKSPACE = 127 };
enum done { GOING, ENTERED, ENDED, INTERRUPTED };

struct editor {
    struct line line;
    int back;       // lines up in the history, 0: the one being typed
    char *typed;    // that one, while another is shown
    bool tab_again; // the last key was a Tab
};

static struct termios cooked;
static char *kill_buffer;

static bool make_raw(int fd)
{
    if (tcgetattr(fd, &cooked) < 0)
        return false;
    struct termios raw = cooked;
    raw.c_iflag &= ~(IXON | ISTRIP);
    raw.c_lflag &= ~(ECHO | ICANON | ISIG | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    return tcsetattr(fd, TCSADRAIN, &raw) == 0;
}

static void make_cooked(int fd)
{
    tcsetattr(fd, TCSADRAIN, &cooked);
}

// -1: end of input.
static int read_key(int fd)
{
    unsigned char c;
    for (;;) {
        ssize_t n = read(fd, &c, 1);
        if (n == 1)
            return c;
        if (n == 0 || errno != EINTR)
            return -1;
        if (trap_pending()) {
            make_cooked(fd);
            trap_poll();
            make_raw(fd);
        }
    }
}

static void replace_line(struct line *l, const char *text)
{
    l->n = l->pos = 0;
    l->text[0] = 0;
    screen_insert(l, text, strlen(text));
    screen_refresh(l);
}

static void history_move(struct editor *e, int by)
{
    int back = e->back + by;
    const char *text = back > 0 ? history_get(back) : e->typed;
    if (back < 0 || !text)
        return;
    if (e->back == 0) {
        free(e->typed);
        e->typed = xstrdup(e->line.text);
    }
    e->back = back;
    replace_line(&e->line, text);
}

static void erase(struct line *l, size_t from, size_t to, bool keep)
{
    if (keep && to > from) {
        free(kill_buffer);
        kill_buffer = xmalloc(to - from + 1);
        memcpy(kill_buffer, l->text + from, to - from);
        kill_buffer[to - from] = 0;
    }
    memmove(l->text + from, l->text + to, l->n - to + 1);
    l->n -= to - from;
    l->pos = from;
    screen_refresh(l);
}

static void move_to(struct line *l, size_t pos)
{
    l->pos = pos;
    screen_refresh(l);
}

static size_t word_back(const struct line *l)
{
    size_t at = l->pos;
    while (at && l->text[at - 1] == ' ')
        at--;
    while (at && l->text[at - 1] != ' ')
        at--;
    return at;
}

static size_t word_forward(const struct line *l)
{
    size_t at = l->pos;
    while (at < l->n && l->text[at] == ' ')
        at++;
    while (at < l->n && l->text[at] != ' ')
        at++;
    return at;
}

static void show_candidates(struct line *l, const struct completion *c)
{
    struct strbuf b = {.home = &sh.scratch};
    int widest = 0, column = 0;
    for (size_t i = 0; i < c->n; i++) {
        int w = text_width(c->names[i], strlen(c->names[i])) + 2;
        widest = w > widest ? w : widest;
    }
    sb_putc(&b, '\n');
    for (size_t i = 0; i < c->n; i++) {
        int w = text_width(c->names[i], strlen(c->names[i]));
        sb_puts(&b, c->names[i]);
        column += widest;
        bool wrap = column + widest > l->columns || i + 1 == c->n;
        for (; !wrap && w < widest; w++)
            sb_putc(&b, ' ');
        if (wrap) {
            sb_putc(&b, '\n');
            column = 0;
        }
    }
    size_t pos = l->pos;
    l->pos = l->n;
    screen_refresh(l);
    screen_write(b.s, b.n);
    l->row = 0;
    move_to(l, pos);
}

// The first Tab completes as far as it is clear, the second shows what there is.
static void complete_word(struct editor *e)
{
    struct mark m = arena_mark(&sh.scratch);
    struct line *l = &e->line;
    struct completion c = complete(l->text, l->pos);
    size_t typed = l->pos - c.start;
    bool progress =
        c.common && (strlen(c.common) != typed || memcmp(c.common, l->text + c.start, typed) != 0);
    if (progress) {
        erase(l, c.start, l->pos, false);
        screen_insert(l, c.common, strlen(c.common));
    } else if (c.n > 1 && e->tab_again) {
        show_candidates(l, &c);
    } else {
        screen_write("\a", 1);
    }
    e->tab_again = true;
    arena_release(&sh.scratch, m);
}

// After ESC [ or ESC O: digits, then a letter or ~.
static void key_sequence(struct editor *e)
{
    struct line *l = &e->line;
    int number = 0, modifier = 0, c;
    while ((c = read_key(l->fd)) >= '0' && c <= ';') {
        if (c == ';')
            modifier = 1;
        else if (!modifier && number < 100)
            number = number * 10 + c - '0';
    }
    if (c == '~')
        c = number == 3                  ? 'P'
            : number == 1 || number == 7 ? 'H'
            : number == 4 || number == 8 ? 'F'
                                         : 0;
    switch (c) {
    case 'A':
        history_move(e, 1);
        break;
    case 'B':
        history_move(e, -1);
        break;
    case 'C':
        move_to(l, modifier ? word_forward(l) : char_next(l, l->pos));
        break;
    case 'D':
        move_to(l, modifier ? word_back(l) : char_before(l, l->pos));
        break;
    case 'H':
        move_to(l, 0);
        break;
    case 'F':
        move_to(l, l->n);
        break;
    case 'P':
        erase(l, l->pos, char_next(l, l->pos), false);
        break;
    }
}

static void escape_key(struct editor *e)
{
    struct line *l = &e->line;
    switch (read_key(l->fd)) {
    case '[':
    case 'O':
        key_sequence(e);
        break;
    case 'b':
        move_to(l, word_back(l));
        break;
    case 'f':
        move_to(l, word_forward(l));
        break;
    case 'd':
        erase(l, l->pos, word_forward(l), true);
        break;
    case BACKSPACE:
        erase(l, word_back(l), l->pos, true);
        break;
    }
}

static void insert_key(struct line *l, int c)
{
    char text[4] = {(char)c};
    size_t n = 1, want = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
    while (n < want && (c = read_key(l->fd)) >= 0)
        text[n++] = (char)c;
    screen_insert(l, text, n);
}

// One case for each key: long, but flat.
static enum done control_key(struct editor *e, int c)
{
    struct line *l = &e->line;
    switch (c) {
    case '\r':
    case '\n':
        return ENTERED;
    case 'C' & CTRL:
        return INTERRUPTED;
    case 'D' & CTRL:
        if (l->n == 0)
            return ENDED;
        erase(l, l->pos, char_next(l, l->pos), false);
        break;
    case 'A' & CTRL:
        move_to(l, 0);
        break;
    case 'E' & CTRL:
        move_to(l, l->n);
        break;
    case 'B' & CTRL:
        move_to(l, char_before(l, l->pos));
        break;
    case 'F' & CTRL:
        move_to(l, char_next(l, l->pos));
        break;
    case 'P' & CTRL:
        history_move(e, 1);
        break;
    case 'N' & CTRL:
        history_move(e, -1);
        break;
    case 'K' & CTRL:
        erase(l, l->pos, l->n, true);
        break;
    case 'U' & CTRL:
        erase(l, 0, l->pos, true);
        break;
    case 'W' & CTRL:
        erase(l, word_back(l), l->pos, true);
        break;
    case 'Y' & CTRL:
        if (kill_buffer)
            screen_insert(l, kill_buffer, strlen(kill_buffer));
        break;
    case 'L' & CTRL:
        screen_clear(l);
        break;
    case 'H' & CTRL:
    case BACKSPACE:
        erase(l, char_before(l, l->pos), l->pos, false);
        break;
    case ESCAPE:
        escape_key(e);
        break;
    }
    return GOING;
}

static enum done handle_key(struct editor *e, int c)
{
    if (c < 0)
        return ENDED;
    if (c == '\t') {
        complete_word(e);
        return GOING;
    }
    e->tab_again = false;
    if (c >= ' ' && c != BACKSPACE) {
        insert_key(&e->line, c);
        return GOING;
    }
    return control_key(e, c);
}

static char *edit(struct editor *e, size_t *n)
{
    struct line *l = &e->line;
    enum done done = GOING;
    screen_start(l);
    while (done == GOING)
        done = handle_key(e, read_key(l->fd));
    free(e->typed);
    if (done == INTERRUPTED)
        screen_write("^C", 2);
    if (done == ENTERED)
        screen_end(l);
    make_cooked(l->fd);
    if (done != ENTERED)
        free(l->text);
    if (done == INTERRUPTED)
        raise_status(130);
    if (done == ENDED)
        return NULL;
    history_add(l->text);
    l->text[l->n] = '\n'; // S1: there is room for the NUL
    *n = l->n + 1;
    return l->text;
}

// Without a terminal that can be made raw.
static char *plain(int fd, const char *prompt, size_t *n)
{
    size_t cap = 128;
    char *line = xmalloc(cap);
    int c = 0;
    *n = 0;
    screen_write(prompt, strlen(prompt));
    while (c != '\n' && (c = read_key(fd)) >= 0) {
        if (*n == cap)
            line = xrealloc(line, cap *= 2);
        line[(*n)++] = (char)c;
    }
    if (*n)
        return line;
    free(line);
    return NULL;
}

char *edit_read_line(int fd, bool continued, size_t *n)
{
    const char *prompt = expand_prompt(var_get(continued ? "PS2" : "PS1"));
    if (!isatty(fd) || !make_raw(fd))
        return plain(fd, prompt, n);
    struct editor e = {.line = {.prompt = prompt, .fd = fd, .cap = 128}};
    e.line.text = xmalloc(e.line.cap);
    e.line.text[0] = 0;
    return edit(&e, n);
}
