// The inside of words: quotes, $..., `...`, and what each quoting mode takes literally.
//
// One loop reads them all; the mode says where it ends and which characters are special:
//   WORD      up to a blank or an operator      BRACE     ${x-...} outside double quotes, up to }
//   DQUOTE    up to "                           BRACE_DQ  ${x-...} inside double quotes, up to }
//   HERE      up to the end of the body         ARITH     up to ))
#include <ctype.h>
#include <string.h>

#include "parser.h"
#include "sh.h"

enum mode { WORD, BRACE, DQUOTE, BRACE_DQ, HERE, ARITH };

struct builder {
    struct part *head, **tail;
    struct strbuf text;
    bool open;   // text holds a piece not yet in the chain
    bool quoted; // that piece's quoting
};

static void scan(struct parser *p, struct builder *b, enum mode mode);

bool name_start(int c)
{
    return isalpha(c) || c == '_';
}

bool name_char(int c)
{
    return isalnum(c) || c == '_';
}

size_t name_length(const char *s)
{
    size_t n = 0;
    if (name_start((unsigned char)s[0]))
        while (name_char((unsigned char)s[n]))
            n++;
    return n;
}

static bool is_quoted(enum mode m)
{
    return m == DQUOTE || m == BRACE_DQ || m == HERE || m == ARITH;
}

static struct part *part_add(struct parser *p, struct builder *b, struct part part)
{
    struct part *new = arena_alloc(p->arena, sizeof *new);
    *new = part;
    *b->tail = new;
    b->tail = &new->next;
    return new;
}

static void flush(struct parser *p, struct builder *b)
{
    if (!b->open)
        return;
    b->open = false;
    part_add(p, b, (struct part){.kind = PART_TEXT, .quoted = b->quoted, .text = sb_str(&b->text)});
    b->text = (struct strbuf){.home = p->arena};
}

static void open_text(struct parser *p, struct builder *b, bool quoted)
{
    if (b->open && b->quoted != quoted)
        flush(p, b);
    b->open = true;
    b->quoted = quoted;
}

static void literal(struct parser *p, struct builder *b, int c, bool quoted)
{
    if (c == 0)
        return;
    open_text(p, b, quoted);
    sb_putc(&b->text, c);
}

static struct word *build(struct parser *p, enum mode mode)
{
    struct builder b = {.text = {.home = p->arena}};
    struct word *w = arena_alloc(p->arena, sizeof *w);
    stack_guard();
    b.tail = &b.head;
    scan(p, &b, mode);
    flush(p, &b);
    w->next = NULL;
    w->parts = b.head;
    return w;
}

static void scan_single(struct parser *p, struct builder *b)
{
    int c;
    lex_raw(p);
    open_text(p, b, true);
    while ((c = lex_raw(p)) != '\'') {
        if (c == SRC_EOF)
            syntax_error(p, "unterminated quoted string");
        literal(p, b, c, true);
    }
}

static void scan_double(struct parser *p, struct builder *b)
{
    lex_getc(p);
    if (lex_peekc(p) == '"')
        open_text(p, b, true);
    scan(p, b, DQUOTE);
    lex_getc(p);
}

static void scan_backslash(struct parser *p, struct builder *b, enum mode mode)
{
    static const char *const special[] = {
        [DQUOTE] = "$`\"\\",
        [BRACE_DQ] = "$`\"\\}",
        [HERE] = "$`\\",
        [ARITH] = "$`\"\\",
    };
    lex_getc(p);
    int c = source_peek(p->src, 0);
    if (c == SRC_EOF || (is_quoted(mode) && !strchr(special[mode], c)))
        literal(p, b, '\\', true);
    else
        literal(p, b, lex_raw(p), true);
}

static struct node *sub_parse(struct parser *p, const char *text, size_t n)
{
    struct source src;
    struct parser inner;
    struct node *node;
    source_string(&src, text, n);
    src.line = p->src->line;
    parser_init(&inner, &src, p->arena);
    stack_guard();
    skip_newlines(&inner);
    node = parse_list(&inner);
    if (lex_peek(&inner)->kind != TOK_EOF)
        syntax_unexpected(&inner);
    return node;
}

static void scan_backquote(struct parser *p, struct builder *b, bool quoted)
{
    struct strbuf text = {.home = p->arena};
    int c;
    lex_raw(p);
    while ((c = lex_raw(p)) != '`') {
        if (c == SRC_EOF)
            syntax_error(p, "unterminated backquote");
        int next = c == '\\' ? source_peek(p->src, 0) : 0;
        if (next == '$' || next == '`' || next == '\\' || (quoted && next == '"'))
            c = lex_raw(p);
        sb_putc(&text, c);
    }
    flush(p, b);
    struct node *cmd = sub_parse(p, sb_str(&text), text.n);
    part_add(p, b, (struct part){.kind = PART_CMD, .quoted = quoted, .cmd = cmd});
}

static void scan_command(struct parser *p, struct builder *b, bool quoted)
{
    struct token saved = p->tok;
    bool have = p->have;
    stack_guard();
    p->have = false;
    skip_newlines(p);
    struct node *cmd = parse_list(p);
    if (lex_peek(p)->kind != TOK_RPAREN)
        syntax_unexpected(p);
    p->tok = saved;
    p->have = have;
    part_add(p, b, (struct part){.kind = PART_CMD, .quoted = quoted, .cmd = cmd});
}

static void scan_arith(struct parser *p, struct builder *b, bool quoted)
{
    struct word *w = build(p, ARITH);
    lex_getc(p);
    if (lex_getc(p) != ')')
        syntax_error(p, "missing '))'");
    part_add(p, b, (struct part){.kind = PART_ARITH, .quoted = quoted, .arg = w});
}

static enum param_op param_operator(struct parser *p, struct part *part)
{
    int c = lex_getc(p);
    if (c == ':') {
        part->colon = true;
        c = lex_getc(p);
    }
    switch (c) {
    case '-':
        return PARAM_DEFAULT;
    case '=':
        return PARAM_ASSIGN;
    case '?':
        return PARAM_ERROR;
    case '+':
        return PARAM_ALTERNATE;
    case '#':
    case '%':
        break;
    default:
        return PARAM_BAD;
    }
    if (part->colon)
        return PARAM_BAD;
    bool twice = lex_peekc(p) == c;
    if (twice)
        lex_getc(p);
    if (c == '#')
        return twice ? PARAM_PREFIX_LONG : PARAM_PREFIX;
    return twice ? PARAM_SUFFIX_LONG : PARAM_SUFFIX;
}

static bool is_special(int c)
{
    return c > 0 && strchr("@*#?-$!0", c);
}

// The name after $ or ${; NULL if none is there. Digits run on only inside braces.
static const char *param_name(struct parser *p, bool braces)
{
    struct strbuf b = {.home = p->arena};
    int c = lex_peekc(p);
    if (name_start(c)) {
        while (name_char(lex_peekc(p)))
            sb_putc(&b, lex_getc(p));
    } else if (isdigit(c)) {
        do
            sb_putc(&b, lex_getc(p));
        while (braces && isdigit(lex_peekc(p)));
    } else if (is_special(c)) {
        sb_putc(&b, lex_getc(p));
    } else {
        return NULL;
    }
    return sb_str(&b);
}

// After ${#: a length, unless it is $# itself or $# with an operator.
static bool is_length(struct parser *p)
{
    int c = lex_peekc(p);
    if (c == '#' || c == '-' || c == '?')
        return source_peek(p->src, 1) == '}';
    return name_char(c) || is_special(c);
}

static void scan_brace(struct parser *p, struct builder *b, bool quoted)
{
    struct part part = {.kind = PART_PARAM, .quoted = quoted};
    lex_getc(p);
    part.text = param_name(p, true);
    if (part.text && part.text[0] == '#' && is_length(p)) {
        part.op = PARAM_LENGTH;
        part.text = param_name(p, true);
    }
    if (!part.text || (lex_peekc(p) != '}' && part.op == PARAM_LENGTH)) {
        part.op = PARAM_BAD;
        part.text = "";
        build(p, quoted ? BRACE_DQ : BRACE);
    }
    if (lex_peekc(p) != '}') {
        part.op = param_operator(p, &part);
        part.arg = build(p, quoted && part.op < PARAM_PREFIX ? BRACE_DQ : BRACE);
    }
    lex_getc(p);
    part_add(p, b, part);
}

static void scan_dollar(struct parser *p, struct builder *b, bool quoted)
{
    lex_getc(p);
    int c = lex_peekc(p);
    if (c != '(' && c != '{' && !name_char(c) && !is_special(c)) {
        literal(p, b, '$', quoted);
        return;
    }
    flush(p, b);
    if (c == '{') {
        scan_brace(p, b, quoted);
    } else if (c == '(') {
        lex_getc(p);
        if (lex_peekc(p) != '(') {
            scan_command(p, b, quoted);
            return;
        }
        lex_getc(p);
        scan_arith(p, b, quoted);
    } else {
        const char *name = param_name(p, false);
        part_add(p, b, (struct part){.kind = PART_PARAM, .quoted = quoted, .text = name});
    }
}

static bool at_end(struct parser *p, enum mode mode, int c, int depth)
{
    if (c == SRC_EOF && mode != WORD && mode != HERE)
        syntax_error(p, mode == DQUOTE ? "unterminated quoted string" : "missing '}' or '))'");
    switch (mode) {
    case WORD:
        return c == SRC_EOF || (c && strchr(" \t\n;&|<>()", c));
    case BRACE:
    case BRACE_DQ:
        return c == '}';
    case DQUOTE:
        return c == '"';
    case HERE:
        return c == SRC_EOF;
    case ARITH:
        return c == ')' && depth == 0;
    }
    return true;
}

static void scan(struct parser *p, struct builder *b, enum mode mode)
{
    bool quoted = is_quoted(mode);
    int c, depth = 0;
    while (!at_end(p, mode, c = lex_peekc(p), depth)) {
        if (c == '\\')
            scan_backslash(p, b, mode);
        else if (c == '\'' && !quoted)
            scan_single(p, b);
        else if (c == '"' && mode == ARITH)
            lex_getc(p);
        else if (c == '"' && mode != HERE)
            scan_double(p, b);
        else if (c == '$')
            scan_dollar(p, b, quoted);
        else if (c == '`')
            scan_backquote(p, b, quoted);
        else
            literal(p, b, lex_getc(p), quoted);
        depth += (c == '(') - (c == ')');
    }
}

struct word *word_scan(struct parser *p)
{
    return build(p, WORD);
}

struct word *word_scan_heredoc(struct parser *p, const char *body, size_t n)
{
    struct source src;
    struct parser inner;
    source_string(&src, body, n);
    src.line = p->src->line;
    parser_init(&inner, &src, p->arena);
    return build(&inner, HERE);
}
