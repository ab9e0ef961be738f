// Tokens, and the bodies of here-documents, which begin after the newline that follows `<<`.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "parser.h"
#include "sh.h"

void parser_init(struct parser *p, struct source *src, struct arena *arena)
{
    *p = (struct parser){.src = src, .arena = arena, .text = {.home = arena}};
}

int lex_raw(struct parser *p)
{
    int c = source_get(p->src);
    if (c != SRC_EOF)
        sb_putc(&p->text, c);
    return c;
}

static void join_lines(struct parser *p)
{
    while (source_peek(p->src, 0) == '\\' && source_peek(p->src, 1) == '\n') {
        p->src->continued = true;
        source_get(p->src);
        source_get(p->src);
    }
}

int lex_getc(struct parser *p)
{
    join_lines(p);
    return lex_raw(p);
}

int lex_peekc(struct parser *p)
{
    join_lines(p);
    return source_peek(p->src, 0);
}

void syntax_error(struct parser *p, const char *what)
{
    sh.line = p->src->line;
    fail(2, "syntax error: %s", what);
}

const char *token_name(const struct token *t)
{
    static const char *const names[] = {
        "end of file", "newline", "word",   "\";\"", "\";;\"", "\"&\"",
        "\"&&\"",      "\"|\"",   "\"||\"", "\"(\"", "\")\"",  "redirection",
    };
    return t->kind == TOK_WORD && t->plain ? t->plain : names[t->kind];
}

void syntax_unexpected(struct parser *p)
{
    struct token *t = lex_peek(p);
    sh.line = t->line;
    fail(2, "syntax error: %.60s unexpected", token_name(t));
}

static void skip_blanks(struct parser *p)
{
    int c;
    while ((c = lex_peekc(p)) == ' ' || c == '\t')
        lex_getc(p);
    if (c != '#')
        return;
    while ((c = source_peek(p->src, 0)) != '\n' && c != SRC_EOF)
        source_get(p->src);
}

static bool take_if(struct parser *p, int c)
{
    if (lex_peekc(p) != c)
        return false;
    lex_getc(p);
    return true;
}

static void lex_less(struct parser *p, struct token *t)
{
    t->fd = 0;
    t->redir = REDIR_READ;
    if (take_if(p, '<')) {
        t->redir = REDIR_HERE;
        t->strip_tabs = take_if(p, '-');
    } else if (take_if(p, '&')) {
        t->redir = REDIR_DUP;
    } else if (take_if(p, '>')) {
        t->redir = REDIR_RDWR;
    }
}

static void lex_greater(struct parser *p, struct token *t)
{
    t->fd = 1;
    t->redir = REDIR_WRITE;
    if (take_if(p, '>'))
        t->redir = REDIR_APPEND;
    else if (take_if(p, '&'))
        t->redir = REDIR_DUP;
    else if (take_if(p, '|'))
        t->redir = REDIR_CLOBBER;
}

static void lex_redir(struct parser *p, struct token *t)
{
    t->kind = TOK_REDIR;
    if (lex_getc(p) == '<')
        lex_less(p, t);
    else
        lex_greater(p, t);
}

static bool lex_operator(struct parser *p, struct token *t)
{
    int c = lex_peekc(p);
    if (c == '<' || c == '>') {
        lex_redir(p, t);
        return true;
    }
    switch (c) {
    case SRC_EOF:
        t->kind = TOK_EOF;
        return true;
    case '\n':
        t->kind = TOK_NEWLINE;
        break;
    case ';':
        t->kind = TOK_SEMI;
        break;
    case '&':
        t->kind = TOK_AMP;
        break;
    case '|':
        t->kind = TOK_PIPE;
        break;
    case '(':
        t->kind = TOK_LPAREN;
        break;
    case ')':
        t->kind = TOK_RPAREN;
        break;
    default:
        return false;
    }
    lex_getc(p);
    if (c == ';' && take_if(p, ';'))
        t->kind = TOK_DSEMI;
    if (c == '&' && take_if(p, '&'))
        t->kind = TOK_AND;
    if (c == '|' && take_if(p, '|'))
        t->kind = TOK_OR;
    return true;
}

static const char *plain_text(const struct word *w)
{
    const struct part *first = w->parts;
    if (!first || first->next || first->kind != PART_TEXT || first->quoted)
        return NULL;
    return first->text;
}

static bool all_digits(const char *s)
{
    size_t n = strspn(s, "0123456789");
    return n > 0 && n < 5 && !s[n];
}

static void lex_word(struct parser *p, struct token *t)
{
    t->kind = TOK_WORD;
    p->src->continued = true;
    t->word = word_scan(p);
    t->plain = plain_text(t->word);
    int c = lex_peekc(p);
    if (!t->plain || (c != '<' && c != '>') || !all_digits(t->plain))
        return;
    int fd = atoi(t->plain);
    lex_redir(p, t);
    t->fd = fd;
}

// One line of a here-document without its newline, NULL at the end of the input.
static char *here_line(struct parser *p, bool strip_tabs, bool join)
{
    struct strbuf b = {.home = p->arena};
    while (strip_tabs && source_peek(p->src, 0) == '\t')
        source_get(p->src);
    if (source_peek(p->src, 0) == SRC_EOF)
        return NULL;
    for (;;) {
        int c = source_get(p->src);
        if (c == SRC_EOF || c == '\n')
            return sb_str(&b);
        sb_putc(&b, c);
        if (c == '\\' && join && source_peek(p->src, 0) != SRC_EOF)
            sb_putc(&b, source_get(p->src));
    }
}

static void here_read(struct parser *p, struct heredoc *h)
{
    struct strbuf body = {.home = p->arena};
    char *line;
    while ((line = here_line(p, h->strip_tabs, !h->quoted)) && strcmp(line, h->end) != 0) {
        sb_puts(&body, line);
        sb_putc(&body, '\n');
    }
    if (!h->quoted) {
        h->redir->target = word_scan_heredoc(p, sb_str(&body), body.n);
        return;
    }
    struct part *part = arena_alloc(p->arena, sizeof *part);
    *part = (struct part){.kind = PART_TEXT, .quoted = true, .text = sb_str(&body)};
    h->redir->target->parts = part;
}

static void here_read_pending(struct parser *p)
{
    struct heredoc *h = p->pending;
    p->pending = NULL;
    for (; h; h = h->next)
        here_read(p, h);
}

struct token *lex_peek(struct parser *p)
{
    if (p->have)
        return &p->tok;
    struct token t = {0};
    skip_blanks(p);
    t.start = p->text.n;
    t.line = p->src->line;
    if (!lex_operator(p, &t))
        lex_word(p, &t);
    if ((t.kind == TOK_NEWLINE || t.kind == TOK_EOF) && p->pending)
        here_read_pending(p);
    p->tok = t;
    p->have = true;
    return &p->tok;
}

struct token lex_take(struct parser *p)
{
    struct token t = *lex_peek(p);
    p->have = false;
    if (t.kind != TOK_NEWLINE)
        p->src->continued = true;
    return t;
}
