// echo
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "shared.h"

// \0ooo has up to three digits after the zero. False: \c, nothing more is written.
static bool put_escaped(const char *s)
{
    while (*s) {
        int c = (unsigned char)*s, n = 0;
        if (c == '\\' && s[1] == '0')
            n = 1 + escape_scan(s + 2, &c), n = s[2] >= '0' && s[2] <= '7' ? n : (c = 0, 1);
        else if (c == '\\' && !(s[1] >= '1' && s[1] <= '7'))
            n = escape_scan(s + 1, &c);
        if (n && c < 0)
            return false;
        putchar(n ? c : *s);
        s += n + 1;
    }
    return true;
}

static int echo(int argc, char **argv, int i, bool newline, bool escapes)
{
    for (; i < argc; i++) {
        if (!escapes)
            fputs(argv[i], stdout);
        else if (!put_escaped(argv[i]))
            return 0;
        if (i + 1 < argc)
            putchar(' ');
    }
    if (newline)
        putchar('\n');
    return 0;
}

int tool_echo_escapes(int argc, char **argv)
{
    bool n = argc > 1 && strcmp(argv[1], "-n") == 0;
    return echo(argc, argv, 1 + n, !n, true);
}

int tool_echo(int argc, char **argv)
{
    bool newline = true, escapes = false;
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
        if (argv[i][1 + strspn(argv[i] + 1, "neE")])
            break;
        for (const char *s = argv[i] + 1; *s; s++) {
            newline &= *s != 'n';
            escapes = *s == 'e' || (*s != 'E' && escapes);
        }
    }
    return echo(argc, argv, i, newline, escapes);
}
