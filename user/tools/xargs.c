// xargs
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tool.h"
#include "tools.h"

enum { BYTES_MAX = 65536, WORDS_MAX = 4096 };

static struct {
    bool zero, empty_too, trace; // -0, no -r, -t
    int most;                    // -n
    const char *replace;         // -I
    char **command;
    int ncommand;
    char **words;
    int nwords;
    size_t bytes;
    int status;
} x = {.most = WORDS_MAX, .empty_too = true};

static void run(char **argv)
{
    int status = 0;
    for (int i = 0; x.trace && argv[i]; i++)
        fprintf(stderr, argv[i + 1] ? "%s " : "%s\n", argv[i]);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        tool_exec(argv);
    if (pid < 0)
        exit(tool_error("fork"));
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFSIGNALED(status))
        exit(125);
    int code = WEXITSTATUS(status);
    if (code == 126 || code == 127)
        exit(code);
    if (code == 255)
        exit(124);
    if (code)
        x.status = 123;
}

static void run_collected(void)
{
    char **argv = tool_alloc((x.ncommand + x.nwords + 1) * sizeof *argv);
    memcpy(argv, x.command, x.ncommand * sizeof *argv);
    memcpy(argv + x.ncommand, x.words, x.nwords * sizeof *argv);
    run(argv);
    for (int i = 0; i < x.nwords; i++)
        free(x.words[i]);
    free(argv);
    x.nwords = 0;
    x.bytes = 0;
}

static char *substitute(const char *word, const char *value)
{
    const char *at = strstr(word, x.replace);
    if (!at || !*x.replace)
        return tool_strdup(word);
    char *rest = substitute(at + strlen(x.replace), value);
    char *out = tool_realloc(NULL, (at - word) + strlen(value) + strlen(rest) + 1);
    memcpy(out, word, at - word);
    strcpy(stpcpy(out + (at - word), value), rest);
    free(rest);
    return out;
}

static void run_replaced(const char *value)
{
    char **argv = tool_alloc((x.ncommand + 1) * sizeof *argv);
    for (int i = 0; i < x.ncommand; i++)
        argv[i] = substitute(x.command[i], value);
    run(argv);
    for (int i = 0; i < x.ncommand; i++)
        free(argv[i]);
    free(argv);
}

static void add_word(const char *word)
{
    size_t n = strlen(word) + 1 + sizeof(char *);
    if (x.replace) {
        run_replaced(word);
        return;
    }
    if (x.nwords && (x.bytes + n > BYTES_MAX || x.nwords >= x.most))
        run_collected();
    x.words[x.nwords++] = tool_strdup(word);
    x.bytes += n;
    if (x.nwords >= x.most) {
        run_collected();
        x.empty_too = false;
    }
}

struct reader {
    char *text;
    size_t n, cap;
    bool have; // a word is open, though maybe empty
};

static void put(struct reader *r, int c)
{
    if (r->n + 1 >= r->cap)
        r->text = tool_realloc(r->text, r->cap = r->cap ? r->cap * 2 : 256);
    r->text[r->n++] = (char)c;
    r->have = true;
}

static void end_word(struct reader *r)
{
    if (!r->have)
        return;
    put(r, 0);
    add_word(r->text);
    r->n = 0;
    r->have = false;
}

static void quoted(struct reader *r, int quote)
{
    int c;
    r->have = true;
    while ((c = getchar()) != quote) {
        if (c == EOF || c == '\n')
            tool_die("unmatched quote");
        put(r, c);
    }
}

static void read_words(void)
{
    struct reader r = {0};
    int c;
    while ((c = getchar()) != EOF) {
        if (x.zero ? c == 0 : c == '\n' || (isblank(c) && !x.replace))
            end_word(&r);
        else if (!x.zero && (c == '\'' || c == '"'))
            quoted(&r, c);
        else if (!x.zero && c == '\\')
            put(&r, getchar());
        else if (!(x.replace && !r.have && isblank(c)))
            put(&r, c);
    }
    end_word(&r);
}

int xargs_main(int argc, char **argv)
{
    static char *echo[] = {"echo"};
    int opt;
    while ((opt = getopt(argc, argv, "+0rtn:I:P:")) != -1) {
        switch (opt) {
        case '0':
            x.zero = true;
            break;
        case 'r':
            x.empty_too = false;
            break;
        case 't':
            x.trace = true;
            break;
        case 'n':
            x.most = (int)tool_number(optarg);
            break;
        case 'I':
            x.replace = optarg;
            break;
        case 'P':
            break;
        default:
            return 1;
        }
    }
    if (x.most < 1 || x.most > WORDS_MAX)
        x.most = WORDS_MAX;
    x.command = optind < argc ? argv + optind : echo;
    x.ncommand = optind < argc ? argc - optind : 1;
    x.words = tool_alloc(WORDS_MAX * sizeof *x.words);
    read_words();
    if (x.nwords || (x.empty_too && !x.replace))
        run_collected();
    return x.status;
}
