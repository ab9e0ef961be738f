// Options of the shell: set -e, set -o errexit, and the same letters on the command line.
#include <stdio.h>
#include <string.h>

#include "builtin.h"
#include "var.h"

static const struct {
    char letter;
    const char *name;
} options[] = {
    {'a', "allexport"}, {'e', "errexit"}, {'f', "noglob"},    {'i', "interactive"},
    {'m', "monitor"},   {'n', "noexec"},  {'C', "noclobber"}, {'u', "nounset"},
    {'v', "verbose"},   {'x', "xtrace"},  {'s', "stdin"},     {'b', "notify"},
    {'I', "ignoreeof"}, {'c', NULL},      {'l', NULL},
};

enum { COUNT = sizeof options / sizeof *options };

static bool set_letter(char c, bool on)
{
    for (int i = 0; i < COUNT; i++)
        if (options[i].letter == c) {
            sh.opt[(int)c] = on;
            if (c == 'm')
                sh.opt['m'] = sh.jobctl; // a property of the terminal, not a choice
            return true;
        }
    return false;
}

static void set_name(const char *name, bool on)
{
    for (int i = 0; i < COUNT; i++)
        if (options[i].name && strcmp(options[i].name, name) == 0) {
            set_letter(options[i].letter, on);
            return;
        }
    fail(2, "set: illegal option -o %.60s", name);
}

static void print_names(void)
{
    puts("Current option settings");
    for (int i = 0; i < COUNT; i++)
        if (options[i].name)
            printf("%-16s%s\n", options[i].name, sh.opt[(int)options[i].letter] ? "on" : "off");
}

// One -abc or +abc at argv[i], with the argument of o; the index after it.
static int parse_one(int argc, char **argv, int i)
{
    bool on = argv[i][0] == '-';
    int next = i + 1;
    for (const char *s = argv[i] + 1; *s; s++) {
        if (*s == 'o' && next < argc)
            set_name(argv[next++], on);
        else if (*s == 'o')
            print_names();
        else if (!set_letter(*s, on))
            fail(2, "illegal option %c%c", argv[i][0], *s);
    }
    return next;
}

int option_parse(int argc, char **argv, int i, bool *end)
{
    *end = false;
    while (i < argc && (argv[i][0] == '-' || argv[i][0] == '+') && argv[i][1]) {
        if (strcmp(argv[i], "--") == 0) {
            *end = true;
            return i + 1;
        }
        i = parse_one(argc, argv, i);
    }
    if (i < argc && strcmp(argv[i], "-") == 0) {
        *end = i + 1 < argc;
        i++;
    }
    return i;
}

int builtin_set(int argc, char **argv)
{
    bool end;
    if (argc == 1) {
        var_print_all("", 0);
        return 0;
    }
    int i = option_parse(argc, argv, 1, &end);
    if (end || i < argc)
        params_set(argc - i, argv + i);
    return 0;
}
