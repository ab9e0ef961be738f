// wc
#include <ctype.h>
#include <string.h>

#include "tool.h"
#include "tools.h"

struct counts {
    uintmax_t lines, words, bytes;
};

static bool show_lines, show_words, show_bytes;
static struct counts total;
static int width;

static struct counts count(int fd, const char *name)
{
    static unsigned char chunk[IO_CHUNK];
    struct counts c = {0};
    bool in_word = false;
    ssize_t n;
    while ((n = io_read(fd, chunk, sizeof chunk)) > 0) {
        c.bytes += n;
        for (ssize_t i = 0; i < n; i++) {
            bool space = isspace(chunk[i]);
            c.lines += chunk[i] == '\n';
            c.words += !space && !in_word;
            in_word = !space;
        }
    }
    if (n < 0)
        tool_error(name);
    return c;
}

static void print(struct counts c, const char *name)
{
    const char *sep = "";
    const bool show[] = {show_lines, show_words, show_bytes};
    const uintmax_t values[] = {c.lines, c.words, c.bytes};
    for (int i = 0; i < 3; i++) {
        if (!show[i])
            continue;
        printf("%s%*ju", sep, width, values[i]);
        sep = " ";
    }
    printf(name ? " %s\n" : "\n", name);
}

static int count_file(const char *name)
{
    int fd = io_open(name);
    if (fd < 0)
        return 1;
    struct counts c = count(fd, name);
    if (fd > 0)
        close(fd);
    total.lines += c.lines;
    total.words += c.words;
    total.bytes += c.bytes;
    print(c, name);
    return 0;
}

int wc_main(int argc, char **argv)
{
    int opt, status = 0;
    while ((opt = getopt(argc, argv, "lwcm")) != -1) {
        if (opt == '?')
            return 1;
        show_lines |= opt == 'l';
        show_words |= opt == 'w';
        show_bytes |= opt == 'c' || opt == 'm';
    }
    int shown = show_lines + show_words + show_bytes;
    if (!shown)
        show_lines = show_words = show_bytes = true;
    width = shown == 1 ? 1 : 7;
    if (optind == argc) {
        print(count(0, "-"), NULL);
        return 0;
    }
    for (int i = optind; i < argc; i++)
        status |= count_file(argv[i]);
    if (argc - optind > 1)
        print(total, "total");
    return status;
}
