// cat tee yes
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "tool.h"
#include "tools.h"

static int number_lines(FILE *f, const char *name)
{
    static uintmax_t line;
    static bool middle; // of a line
    int c;
    (void)name;
    while ((c = getc_unlocked(f)) != EOF) {
        if (!middle)
            printf("%6ju\t", ++line);
        putchar_unlocked(c);
        middle = c != '\n';
    }
    return 0;
}

int cat_main(int argc, char **argv)
{
    int opt, status = 0;
    bool number = false;
    while ((opt = getopt(argc, argv, "nu")) != -1) {
        if (opt == '?')
            return 2;
        number |= opt == 'n';
    }
    if (number)
        return io_each(argc, argv, optind, number_lines);
    static char *dash[] = {"-"};
    int n = optind < argc ? argc - optind : 1;
    char **names = optind < argc ? argv + optind : dash;
    for (int i = 0; i < n; i++) {
        int fd = io_open(names[i]);
        if (fd < 0 || !io_copy(fd, names[i], 1))
            status = 1;
        if (fd > 0)
            close(fd);
    }
    return status;
}

int tee_main(int argc, char **argv)
{
    static char chunk[IO_CHUNK];
    int opt, flags = O_TRUNC, fds[64], count = 0, status = 0;
    ssize_t n;
    while ((opt = getopt(argc, argv, "ai")) != -1) {
        if (opt == '?')
            return 2;
        flags = opt == 'a' ? O_APPEND : flags;
    }
    fds[count++] = 1;
    for (int i = optind; i < argc && count < 64; i++) {
        fds[count] = open(argv[i], O_WRONLY | O_CREAT | flags, 0666);
        if (fds[count] < 0)
            status = tool_error(argv[i]);
        else
            count++;
    }
    while ((n = io_read(0, chunk, sizeof chunk)) > 0)
        for (int i = 0; i < count; i++)
            if (!io_write(fds[i], chunk, n))
                status = 1;
    return n < 0 ? tool_error("-") : status;
}

int yes_main(int argc, char **argv)
{
    static char chunk[8192];
    const char *word = argc > 1 ? argv[1] : "y";
    size_t n = 0, len = strlen(word) + 1;
    if (len > sizeof chunk)
        return 1;
    for (; n + len <= sizeof chunk; n += len) {
        memcpy(chunk + n, word, len - 1);
        chunk[n + len - 1] = '\n';
    }
    while (io_write(1, chunk, n))
        continue;
    return errno == EPIPE ? 1 : tool_error("write error");
}
