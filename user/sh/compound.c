// Compound commands: what begins with a reserved word or a parenthesis, and function definitions.
#include <string.h>

#include "builtin.h"
#include "parser.h"
#include "sh.h"

bool at_closing_word(struct parser *p)
{
    static const char *const words[] = {
        "then", "else", "elif", "fi", "do", "done", "esac", "}",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (at_reserved(p, words[i]))
            return true;
    return false;
}

static void expect(struct parser *p, const char *word)
{
    if (at_reserved(p, word)) {
        lex_take(p);
        return;
    }
    struct token *t = lex_peek(p);
    sh.line = t->line;
    fail(2, "syntax error: %.60s unexpected (expecting \"%s\")", token_name(t), word);
}

static struct node *body(struct parser *p)
{
    struct node *n = parse_list(p);
    if (!n)
        syntax_unexpected(p);
    return n;
}

static struct node *parse_if(struct parser *p)
{
    struct node *n = node_new(p, NODE_IF);
    stack_guard();
    lex_take(p);
    n->a = body(p);
    expect(p, "then");
    n->b = body(p);
    if (at_reserved(p, "elif")) {
        n->c = parse_if(p); // takes the `elif` as its `if`, and the `fi`
        return n;
    }
    if (at_reserved(p, "else")) {
        lex_take(p);
        n->c = body(p);
    }
    expect(p, "fi");
    return n;
}

static struct node *do_group(struct parser *p)
{
    expect(p, "do");
    struct node *n = body(p);
    expect(p, "done");
    return n;
}

static struct node *parse_while(struct parser *p, enum node_kind kind)
{
    struct node *n = node_new(p, kind);
    lex_take(p);
    n->a = body(p);
    n->b = do_group(p);
    return n;
}

static struct word *parse_words(struct parser *p)
{
    struct word *head = NULL, **tail = &head;
    while (lex_peek(p)->kind == TOK_WORD) {
        *tail = lex_take(p).word;
        tail = &(*tail)->next;
    }
    return head;
}

static struct node *parse_for(struct parser *p)
{
    struct node *n = node_new(p, NODE_FOR);
    lex_take(p);
    struct token name = lex_take(p);
    if (name.kind != TOK_WORD || !name.plain || name.plain[name_length(name.plain)])
        syntax_error(p, "bad for loop variable");
    n->name = name.plain;
    skip_newlines(p);
    if (at_reserved(p, "in")) {
        lex_take(p);
        n->in_given = true;
        n->words = parse_words(p);
        if (lex_peek(p)->kind != TOK_SEMI && lex_peek(p)->kind != TOK_NEWLINE)
            syntax_unexpected(p);
    }
    if (lex_peek(p)->kind == TOK_SEMI)
        lex_take(p);
    skip_newlines(p);
    n->b = do_group(p);
    return n;
}

static struct case_item *parse_case_item(struct parser *p)
{
    struct case_item *item = arena_alloc(p->arena, sizeof *item);
    struct word **tail = &item->patterns;
    *item = (struct case_item){0};
    if (lex_peek(p)->kind == TOK_LPAREN)
        lex_take(p);
    for (;;) {
        if (lex_peek(p)->kind != TOK_WORD)
            syntax_unexpected(p);
        *tail = lex_take(p).word;
        tail = &(*tail)->next;
        if (lex_peek(p)->kind != TOK_PIPE)
            break;
        lex_take(p);
    }
    if (lex_peek(p)->kind != TOK_RPAREN)
        syntax_unexpected(p);
    lex_take(p);
    item->body = parse_list(p);
    return item;
}

static struct node *parse_case(struct parser *p)
{
    struct node *n = node_new(p, NODE_CASE);
    struct case_item **tail = &n->items;
    lex_take(p);
    if (lex_peek(p)->kind != TOK_WORD)
        syntax_unexpected(p);
    n->words = lex_take(p).word;
    skip_newlines(p);
    expect(p, "in");
    skip_newlines(p);
    while (!at_reserved(p, "esac")) {
        *tail = parse_case_item(p);
        tail = &(*tail)->next;
        if (lex_peek(p)->kind != TOK_DSEMI)
            break;
        lex_take(p);
        skip_newlines(p);
    }
    expect(p, "esac");
    return n;
}

static struct node *parse_group(struct parser *p)
{
    struct node *n = node_new(p, NODE_GROUP);
    lex_take(p);
    n->a = body(p);
    expect(p, "}");
    return n;
}

static struct node *parse_subshell(struct parser *p)
{
    struct node *n = node_new(p, NODE_SUBSHELL);
    lex_take(p);
    n->a = body(p);
    if (lex_peek(p)->kind != TOK_RPAREN)
        syntax_unexpected(p);
    lex_take(p);
    return n;
}

struct node *parse_compound(struct parser *p)
{
    if (lex_peek(p)->kind == TOK_LPAREN)
        return parse_subshell(p);
    if (at_reserved(p, "{"))
        return parse_group(p);
    if (at_reserved(p, "if"))
        return parse_if(p);
    if (at_reserved(p, "while"))
        return parse_while(p, NODE_WHILE);
    if (at_reserved(p, "until"))
        return parse_while(p, NODE_UNTIL);
    if (at_reserved(p, "for"))
        return parse_for(p);
    if (at_reserved(p, "case"))
        return parse_case(p);
    return NULL;
}

// The parser has seen the name and looks at the parenthesis.
struct node *parse_function(struct parser *p, const char *name)
{
    struct node *n = node_new(p, NODE_FUNCTION);
    lex_take(p);
    if (lex_peek(p)->kind != TOK_RPAREN)
        syntax_unexpected(p);
    lex_take(p);
    if (!name || !name_length(name) || builtin_is_special(name))
        syntax_error(p, "bad function name");
    n->name = name;
    n->home = p->arena;
    skip_newlines(p);
    n->a = parse_command(p);
    return n;
}
