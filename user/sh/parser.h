// From characters to trees. lexer.c makes tokens, word.c the inside of words, parser.c and
// compound.c the commands. Syntax errors raise with status 2.
#pragma once
#include "node.h"
#include "source.h"

enum token_kind {
    TOK_EOF,
    TOK_NEWLINE,
    TOK_WORD,
    TOK_SEMI,
    TOK_DSEMI,
    TOK_AMP,
    TOK_AND,
    TOK_PIPE,
    TOK_OR,
    TOK_LPAREN,
    TOK_RPAREN,
    TOK_REDIR,
};

struct token {
    enum token_kind kind;
    struct word *word;
    const char *plain; // the word, if it is one unquoted literal: may be a reserved word
    enum redir_op redir;
    int fd;          // of a redirection
    bool strip_tabs; // <<-
    size_t start;    // offset in the parser's text
    int line;
};

struct heredoc {
    struct heredoc *next;
    struct redir *redir;
    const char *end;
    bool quoted, strip_tabs;
};

struct parser {
    struct source *src;
    struct arena *arena;
    struct token tok; // the token looked at, valid if have
    bool have;
    struct heredoc *pending; // bodies to read after the next newline
    struct strbuf text;      // all that was read for this command
};

void parser_init(struct parser *p, struct source *src, struct arena *arena);
// One complete command (a line, or more where the syntax goes on). False at the end of input;
// *out is NULL for an empty line.
bool parse_complete(struct parser *p, struct node **out);

// lexer.c
struct token *lex_peek(struct parser *p);
struct token lex_take(struct parser *p);
int lex_getc(struct parser *p); // without backslash-newline
int lex_peekc(struct parser *p);
int lex_raw(struct parser *p); // with it
_Noreturn void syntax_error(struct parser *p, const char *what);
_Noreturn void syntax_unexpected(struct parser *p);
const char *token_name(const struct token *t);

// word.c
struct word *word_scan(struct parser *p);
struct word *word_scan_heredoc(struct parser *p, const char *body, size_t n);
bool name_start(int c);
bool name_char(int c);
size_t name_length(const char *s); // of the variable name that s begins with

// parser.c
struct node *parse_list(struct parser *p); // up to a token that cannot continue it
struct node *parse_command(struct parser *p);
struct node *node_new(struct parser *p, enum node_kind kind);
struct redir *parse_redirs(struct parser *p);
void skip_newlines(struct parser *p);
bool at_reserved(struct parser *p, const char *word);

// alias.c
const char *alias_of(const char *name); // NULL: it is none

// compound.c
bool at_closing_word(struct parser *p);        // then, fi, done, } ...: ends a list
struct node *parse_compound(struct parser *p); // NULL if no compound command starts here
struct node *parse_function(struct parser *p, const char *name);
