/*
 * The shell's grammar: bytes are a script, parsed to its end and not executed.  A syntax error
 * raises to here, as it does at a prompt.
 */
#include "user/sh/parser.h"
#include "user/sh/sh.h"
#include "user/sh/var.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    sh.arg0 = "sh";
    return 0;
}

/* The shell's own complaints go nowhere (host.mk). */
ssize_t sh_write(int fd, const void *text, size_t n);
ssize_t sh_write(int fd, const void *text, size_t n)
{
    (void)fd, (void)text;
    return (ssize_t)n;
}

static struct arena *arena; /* of the command that is read */

static void parse_all(const char *text, size_t n)
{
    struct source src;
    bool more = true;

    source_string(&src, text, n);
    while (more) {
        struct parser p;
        struct node *tree;

        arena = arena_new();
        parser_init(&p, &src, arena);
        more = parse_complete(&p, &tree);
        arena_drop(arena);
        arena = NULL;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size);
    jmp_buf top;

    memcpy(text, data, size);
    sh.top = &top;
    if (!setjmp(top))
        parse_all(text, size);
    if (arena)
        arena_drop(arena);
    arena = NULL;
    arena_release(&sh.scratch, (struct mark){NULL, 0});
    free(text);
    return 0;
}
