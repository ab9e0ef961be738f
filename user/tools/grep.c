// grep
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tool.h"
#include "tools.h"

static struct {
    bool invert, number, count, quiet, recursive, names, only, fixed, whole_word, whole_line;
    bool no_messages, no_match_names;
    int flags;      // of regcomp
    int with_name;  // -1: by the number of files
    regex_t *regex; // one for each pattern
    int patterns;
    bool found, failed;
} g = {.with_name = -1};

static const char *quote_fixed(const char *s)
{
    char *out = tool_realloc(NULL, strlen(s) * 2 + 1), *p = out;
    for (; *s; s++) {
        if (strchr(g.flags & REG_EXTENDED ? "\\^$.[]|()*+?{}" : "\\^$.[]*", *s))
            *p++ = '\\';
        *p++ = *s;
    }
    *p = 0;
    return out;
}

static void add_one(const char *pattern)
{
    char text[256];
    g.regex = tool_realloc(g.regex, (g.patterns + 1) * sizeof *g.regex);
    if (g.fixed)
        pattern = quote_fixed(pattern);
    int err = regcomp(&g.regex[g.patterns], pattern, g.flags);
    if (err) {
        regerror(err, NULL, text, sizeof text);
        tool_die("%s", text);
    }
    g.patterns++;
}

// Lines of the pattern are alternatives.
static void add_patterns(const char *text)
{
    char *copy = tool_strdup(text), *line = copy, *nl;
    while ((nl = strchr(line, '\n'))) {
        *nl = 0;
        add_one(line);
        line = nl + 1;
    }
    add_one(line);
    free(copy);
}

static bool is_word(int c)
{
    return c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static bool bounded(const char *line, size_t n, const regmatch_t *m)
{
    if (g.whole_line)
        return m->rm_so == 0 && (size_t)m->rm_eo == n;
    if (!g.whole_word)
        return true;
    return !(m->rm_so && is_word(line[m->rm_so - 1])) && !is_word(line[m->rm_eo]);
}

// The first match at or after `from`; the longest among patterns that begin there.
static bool find(const char *line, size_t n, size_t from, regmatch_t *best)
{
    bool found = false;
    for (int i = 0; i < g.patterns; i++) {
        regmatch_t m = {.rm_so = from, .rm_eo = n};
        size_t at = from;
        while (regexec(&g.regex[i], line, 1, &m, REG_STARTEND | (at ? REG_NOTBOL : 0)) == 0) {
            bool better = !found || m.rm_so < best->rm_so
                          || (m.rm_so == best->rm_so && m.rm_eo > best->rm_eo);
            if (bounded(line, n, &m)) {
                *best = better ? m : *best;
                found = true;
                break;
            }
            at = m.rm_so + 1;
            if (at > n)
                break;
            m = (regmatch_t){.rm_so = at, .rm_eo = n};
        }
    }
    return found;
}

static void prefix(const char *name, uintmax_t line)
{
    if (g.with_name)
        printf("%s:", name);
    if (g.number)
        printf("%ju:", line);
}

static void print_matches(const char *name, uintmax_t number, const char *line, size_t n)
{
    regmatch_t m;
    size_t from = 0;
    while (from <= n && find(line, n, from, &m)) {
        if (m.rm_eo > m.rm_so) {
            prefix(name, number);
            printf("%.*s\n", (int)(m.rm_eo - m.rm_so), line + m.rm_so);
        }
        from = m.rm_eo > m.rm_so ? m.rm_eo : m.rm_eo + 1;
    }
}

static void print_line(const char *name, uintmax_t number, const char *line, size_t n)
{
    if (g.only) {
        if (!g.invert)
            print_matches(name, number, line, n);
        return;
    }
    prefix(name, number);
    fwrite(line, 1, n, stdout);
    putchar('\n');
}

static uintmax_t search_lines(FILE *f, const char *name)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    uintmax_t number = 0, hits = 0;
    regmatch_t m;
    while ((n = getline(&line, &cap, f)) >= 0) {
        number++;
        if (n && line[n - 1] == '\n')
            line[--n] = 0;
        if (find(line, n, 0, &m) == g.invert)
            continue;
        hits++;
        if (g.quiet || g.names || g.no_match_names)
            break;
        if (!g.count)
            print_line(name, number, line, n);
    }
    free(line);
    return hits;
}

static void search_file(const char *name)
{
    bool is_stdin = strcmp(name, "-") == 0;
    FILE *f = is_stdin ? stdin : fopen(name, "r");
    if (!f) {
        if (!g.no_messages)
            tool_error(name);
        g.failed = true;
        return;
    }
    const char *shown = is_stdin ? "(standard input)" : name;
    uintmax_t hits = search_lines(f, shown);
    if (ferror(f))
        g.failed = tool_error(name);
    io_fclose(f);
    g.found |= g.no_match_names ? !hits : hits > 0;
    if (g.quiet)
        return;
    if (g.count) {
        if (g.with_name)
            printf("%s:", shown);
        printf("%ju\n", hits);
    }
    if (g.names ? hits > 0 : g.no_match_names && !hits)
        puts(shown);
}

static void search_tree(const char *path)
{
    struct stat st;
    size_t n;
    char **children = stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? dir_children(path, &n) : NULL;
    if (!children) {
        search_file(path);
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (lstat(children[i], &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
            search_tree(children[i]);
    dir_free(children, n);
}

static void option(int opt)
{
    const struct {
        char letter;
        bool *flag;
    } flags[] = {
        {'F', &g.fixed}, {'v', &g.invert},     {'n', &g.number},     {'c', &g.count},
        {'q', &g.quiet}, {'r', &g.recursive},  {'l', &g.names},      {'L', &g.no_match_names},
        {'o', &g.only},  {'w', &g.whole_word}, {'x', &g.whole_line}, {'s', &g.no_messages},
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].letter == opt)
            *flags[i].flag = true;
    if (opt == 'E')
        g.flags |= REG_EXTENDED;
    if (opt == 'i')
        g.flags |= REG_ICASE;
    if (opt == 'h' || opt == 'H')
        g.with_name = opt == 'H';
    if (opt == '?')
        exit(2);
}

int grep_main(int argc, char **argv)
{
    const char *all[32];
    int opt, n = 0;
    tool_trouble = 2;
    while ((opt = getopt(argc, argv, "EFGivncqrlLowxshHe:")) != -1) {
        option(opt);
        if (opt == 'e' && n < 32)
            all[n++] = optarg;
    }
    if (!n && optind == argc)
        tool_usage("[-EFivncqrlLowxshH] PATTERN [FILE]...");
    if (!n)
        all[n++] = argv[optind++];
    for (int i = 0; i < n; i++)
        add_patterns(all[i]);
    if (g.with_name < 0)
        g.with_name = argc - optind > 1 || g.recursive;
    if (optind == argc)
        g.recursive ? search_tree(".") : search_file("-");
    for (int i = optind; i < argc; i++)
        g.recursive ? search_tree(argv[i]) : search_file(argv[i]);
    if (g.failed && !(g.quiet && g.found))
        return 2;
    return !g.found;
}
