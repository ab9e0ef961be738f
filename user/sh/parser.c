// Lists, pipelines and simple commands.
//
//   list     : and_or ((';' | '&' | newline) and_or)*
//   and_or   : pipeline (('&&' | '||') pipeline)*
//   pipeline : '!'? command ('|' command)*
#include "parser.h"

#include <string.h>

#include "sh.h"

enum { TEXT_MAX = 60 }; // of a job's text
enum { ALIASES_MAX = 20 };

struct node *node_new(struct parser *p, enum node_kind kind)
{
    struct node *n = arena_alloc(p->arena, sizeof *n);
    *n = (struct node){.kind = kind, .line = lex_peek(p)->line};
    return n;
}

bool at_reserved(struct parser *p, const char *word)
{
    struct token *t = lex_peek(p);
    return t->kind == TOK_WORD && t->plain && strcmp(t->plain, word) == 0;
}

void skip_newlines(struct parser *p)
{
    while (lex_peek(p)->kind == TOK_NEWLINE)
        lex_take(p);
}

// The delimiter of a here-document: its text without quotes, and whether it had any.
static void heredoc_add(struct parser *p, struct redir *r, bool strip_tabs)
{
    struct heredoc *h = arena_alloc(p->arena, sizeof *h), **tail = &p->pending;
    struct strbuf end = {.home = p->arena};
    *h = (struct heredoc){.redir = r, .strip_tabs = strip_tabs};
    for (struct part *part = r->target->parts; part; part = part->next) {
        if (part->kind != PART_TEXT)
            syntax_error(p, "expansion in the delimiter of a here-document");
        sb_puts(&end, part->text);
        h->quoted |= part->quoted;
    }
    h->end = sb_str(&end);
    while (*tail)
        tail = &(*tail)->next;
    *tail = h;
}

static struct redir *parse_redir(struct parser *p)
{
    struct token op = lex_take(p);
    struct redir *r = arena_alloc(p->arena, sizeof *r);
    if (lex_peek(p)->kind != TOK_WORD)
        syntax_unexpected(p);
    *r = (struct redir){.op = op.redir, .fd = op.fd, .target = lex_take(p).word};
    if (op.redir == REDIR_HERE)
        heredoc_add(p, r, op.strip_tabs);
    return r;
}

struct redir *parse_redirs(struct parser *p)
{
    struct redir *head = NULL, **tail = &head;
    while (lex_peek(p)->kind == TOK_REDIR) {
        *tail = parse_redir(p);
        tail = &(*tail)->next;
    }
    return head;
}

// NAME=value, where NAME= is unquoted.
static struct assign *word_as_assign(struct parser *p, struct word *w)
{
    struct part *first = w->parts;
    if (!first || first->kind != PART_TEXT || first->quoted)
        return NULL;
    size_t n = name_length(first->text);
    if (n == 0 || first->text[n] != '=')
        return NULL;
    struct assign *a = arena_alloc(p->arena, sizeof *a);
    *a = (struct assign){.name = arena_strndup(p->arena, first->text, n), .value = w};
    first->text += n + 1;
    if (!*first->text)
        w->parts = first->next;
    return a;
}

struct aliases { // that one command has been replaced by
    const char *last;
    int n;
};

// The word, which has been read, gives way to its alias; not to the one that has just brought it.
static bool take_alias(struct parser *p, const char *name, struct aliases *seen)
{
    const char *text = name && sh.interactive ? alias_of(name) : NULL;
    if (!text || (seen->last && strcmp(seen->last, name) == 0) || seen->n == ALIASES_MAX)
        return false;
    if (!source_insert(p->src, text))
        return false;
    p->text.n -= strlen(name); // a job is told by what it became
    seen->last = name;
    seen->n++;
    return true;
}

static struct node *parse_simple(struct parser *p)
{
    struct aliases seen = {0};
    struct node *n = node_new(p, NODE_SIMPLE);
    struct word **words = &n->words;
    struct assign **assigns = &n->assigns, *a;
    struct redir **redirs = &n->redirs;
    for (;;) {
        struct token *t = lex_peek(p);
        if (t->kind == TOK_REDIR) {
            *redirs = parse_redir(p);
            redirs = &(*redirs)->next;
            continue;
        }
        if (t->kind == TOK_LPAREN && n->words && !n->words->next && !n->assigns && !n->redirs)
            return parse_function(p, n->name);
        if (t->kind != TOK_WORD)
            break;
        struct token word = lex_take(p);
        if (!n->words && (a = word_as_assign(p, word.word))) {
            *assigns = a;
            assigns = &a->next;
            continue;
        }
        if (!n->words && take_alias(p, word.plain, &seen))
            continue;
        if (!n->words)
            n->name = word.plain;
        *words = word.word;
        words = &word.word->next;
    }
    if (!n->words && !n->assigns && !n->redirs)
        syntax_unexpected(p);
    return n;
}

struct node *parse_command(struct parser *p)
{
    stack_guard();
    struct node *n = parse_compound(p);
    if (!n) {
        if (at_closing_word(p))
            syntax_unexpected(p);
        return parse_simple(p);
    }
    if (n->kind != NODE_FUNCTION)
        n->redirs = parse_redirs(p);
    return n;
}

// What was read since `start`, without the blanks at its end, and not all of it if it is long.
static const char *source_text(struct parser *p, size_t start)
{
    size_t len = lex_peek(p)->start - start;
    while (len && strchr(" \t\n", p->text.s[start + len - 1]))
        len--;
    return arena_strndup(p->arena, p->text.s + start, len < TEXT_MAX ? len : TEXT_MAX);
}

static struct node *parse_pipeline(struct parser *p)
{
    size_t start = lex_peek(p)->start;
    bool negate = false;
    while (at_reserved(p, "!")) {
        lex_take(p);
        negate = !negate;
    }
    struct node *first = parse_command(p), *last = first;
    while (lex_peek(p)->kind == TOK_PIPE) {
        lex_take(p);
        skip_newlines(p);
        last->next = parse_command(p);
        last = last->next;
    }
    first->text = source_text(p, start);
    if (!negate && !first->next)
        return first;
    struct node *n = node_new(p, NODE_PIPE);
    n->a = first;
    n->text = first->text;
    n->negate = negate;
    return n;
}

static struct node *parse_and_or(struct parser *p)
{
    size_t start = lex_peek(p)->start;
    struct node *n = node_new(p, NODE_ANDOR), **tail = &n->a;
    char op = 0;
    for (;;) {
        *tail = parse_pipeline(p);
        (*tail)->op = op;
        tail = &(*tail)->next;
        enum token_kind k = lex_peek(p)->kind;
        if (k != TOK_AND && k != TOK_OR)
            break;
        op = k == TOK_AND ? '&' : '|';
        lex_take(p);
        skip_newlines(p);
    }
    n->text = source_text(p, start);
    return n;
}

static bool starts_command(struct parser *p)
{
    switch (lex_peek(p)->kind) {
    case TOK_WORD:
        return !at_closing_word(p);
    case TOK_REDIR:
    case TOK_LPAREN:
        return true;
    default:
        return false;
    }
}

// The elements of a list, chained; `lines` says whether it may go on after a newline.
static struct node *parse_elements(struct parser *p, bool lines)
{
    struct node *list = node_new(p, NODE_LIST), **tail = &list->a;
    while (starts_command(p)) {
        *tail = parse_and_or(p);
        enum token_kind k = lex_peek(p)->kind;
        (*tail)->async = k == TOK_AMP;
        tail = &(*tail)->next;
        if (k == TOK_AMP || k == TOK_SEMI)
            lex_take(p);
        else if (k != TOK_NEWLINE || !lines)
            break;
        if (lines)
            skip_newlines(p);
    }
    return list->a ? list : NULL;
}

struct node *parse_list(struct parser *p)
{
    skip_newlines(p);
    return parse_elements(p, true);
}

bool parse_complete(struct parser *p, struct node **out)
{
    p->have = false;
    p->pending = NULL;
    p->src->continued = false;
    p->text = (struct strbuf){.home = p->arena};
    *out = NULL;
    if (lex_peek(p)->kind == TOK_EOF)
        return false;
    *out = parse_elements(p, false);
    enum token_kind k = lex_peek(p)->kind;
    if (k != TOK_NEWLINE && k != TOK_EOF)
        syntax_unexpected(p);
    return true;
}
