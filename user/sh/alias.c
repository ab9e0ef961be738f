// Aliases: the first word of a command, replaced in the text that is still to be read.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builtin.h"
#include "mem.h"
#include "parser.h"
#include "sh.h"

struct alias {
    struct alias *next;
    char *name, *text;
};

static struct alias *first;

static struct alias **find(const char *name, size_t n)
{
    struct alias **at = &first;
    while (*at && (strncmp((*at)->name, name, n) != 0 || (*at)->name[n]))
        at = &(*at)->next;
    return at;
}

const char *alias_of(const char *name)
{
    const struct alias *a = *find(name, strlen(name));
    return a ? a->text : NULL;
}

static void drop(struct alias **at)
{
    struct alias *a = *at;
    *at = a->next;
    free(a->name);
    free(a->text);
    free(a);
}

static void define(const char *word, const char *equals)
{
    struct alias **at = find(word, (size_t)(equals - word));
    if (*at)
        drop(at);
    struct alias *a = xmalloc(sizeof *a);
    a->name = xstrdup(word);
    a->name[equals - word] = 0;
    a->text = xstrdup(equals + 1);
    a->next = first;
    first = a;
}

static void show(const struct alias *a)
{
    printf("%s='", a->name);
    for (const char *c = a->text; *c; c++)
        if (*c == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*c);
    puts("'");
}

int builtin_alias(int argc, char **argv)
{
    int status = 0;
    for (const struct alias *a = first; argc == 1 && a; a = a->next)
        show(a);
    for (int i = 1; i < argc; i++) {
        const char *equals = strchr(argv[i], '=');
        const struct alias *a = *find(argv[i], strlen(argv[i]));
        if (equals && equals > argv[i]) {
            define(argv[i], equals);
        } else if (a) {
            show(a);
        } else {
            fprintf(stderr, "alias: %s: not found\n", argv[i]);
            status = 1;
        }
    }
    return status;
}

int builtin_unalias(int argc, char **argv)
{
    int status = 0;
    while (argc > 1 && strcmp(argv[1], "-a") == 0 && first)
        drop(&first);
    for (int i = 1; i < argc && strcmp(argv[i], "-a") != 0; i++) {
        struct alias **at = find(argv[i], strlen(argv[i]));
        if (*at)
            drop(at);
        else
            status = 1;
    }
    return status;
}
