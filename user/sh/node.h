// The tree that the parser makes and the executor walks.
//
// Everything here lives in one arena for each complete command; strings are NUL-terminated.
// Lists are chains through `next`, never nested, so that a script of any length stays flat.
#pragma once
#include <stdbool.h>

#include "mem.h"

enum part_kind {
    PART_TEXT,  // text
    PART_PARAM, // $text, ${text op arg}
    PART_CMD,   // $(cmd)
    PART_ARITH, // $((arg))
};

enum param_op {
    PARAM_PLAIN,
    PARAM_LENGTH,    // ${#x}
    PARAM_DEFAULT,   // ${x-w}
    PARAM_ASSIGN,    // ${x=w}
    PARAM_ERROR,     // ${x?w}
    PARAM_ALTERNATE, // ${x+w}
    PARAM_PREFIX,    // ${x#p}
    PARAM_PREFIX_LONG,
    PARAM_SUFFIX, // ${x%p}
    PARAM_SUFFIX_LONG,
    PARAM_BAD, // ${!}: an error, but only when it is expanded
};

struct part {
    struct part *next;
    enum part_kind kind;
    bool quoted;
    bool colon; // ${x:-w}: empty counts as unset
    enum param_op op;
    const char *text;
    struct word *arg; // operand of op, or the expression
    struct node *cmd; // PART_CMD; NULL: empty
};

struct word {
    struct word *next;
    struct part *parts;
};

struct assign {
    struct assign *next;
    const char *name;
    struct word *value;
};

enum redir_op {
    REDIR_READ,
    REDIR_WRITE,
    REDIR_APPEND,
    REDIR_RDWR,
    REDIR_DUP,
    REDIR_HERE,
    REDIR_CLOBBER
};

struct redir {
    struct redir *next;
    enum redir_op op;
    int fd;
    struct word *target; // for REDIR_HERE the body
};

struct case_item {
    struct case_item *next;
    struct word *patterns;
    struct node *body;
};

enum node_kind {
    NODE_SIMPLE,   // assigns words redirs
    NODE_PIPE,     // a: chain of commands; negate
    NODE_ANDOR,    // a: chain of pipelines, each with its op
    NODE_LIST,     // a: chain of and-or lists, each with async
    NODE_SUBSHELL, // a
    NODE_GROUP,    // a
    NODE_IF,       // a then b else c
    NODE_WHILE,    // a do b
    NODE_UNTIL,    // a do b
    NODE_FOR,      // name in words do b
    NODE_CASE,     // words in items
    NODE_FUNCTION, // name, a: body
};

struct node {
    struct node *next;
    enum node_kind kind;
    bool async;    // in a list: followed by &
    bool negate;   // pipeline: !
    bool in_given; // for: `in` was there; without it, the loop is over "$@"
    char op;       // in an and-or chain: '&' or '|' before this one, 0 for the first
    int line;
    struct node *a, *b, *c;
    struct word *words;
    struct assign *assigns;
    struct redir *redirs;
    struct case_item *items;
    const char *name;
    const char *text;   // its source, shortened, for the job table
    struct arena *home; // function: the arena that holds it
};
