// Reading and writing whole: EINTR and short transfers end here.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

ssize_t io_read(int fd, void *buf, size_t n)
{
    ssize_t got;
    do
        got = read(fd, buf, n);
    while (got < 0 && errno == EINTR);
    return got;
}

bool io_write(int fd, const void *buf, size_t n)
{
    const char *p = buf;
    while (n > 0) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        p += put;
        n -= put;
    }
    return true;
}

bool io_copy(int from, const char *name, int to)
{
    static char chunk[IO_CHUNK];
    ssize_t n;
    while ((n = io_read(from, chunk, sizeof chunk)) > 0) {
        if (io_write(to, chunk, n))
            continue;
        if (errno != EPIPE)
            tool_error("write error");
        return false;
    }
    if (n < 0)
        tool_error(name);
    return n == 0;
}

int io_open(const char *name)
{
    if (strcmp(name, "-") == 0)
        return 0;
    int fd = open(name, O_RDONLY);
    if (fd < 0)
        tool_error(name);
    return fd;
}

FILE *io_fopen(const char *name)
{
    if (strcmp(name, "-") == 0)
        return stdin;
    FILE *f = fopen(name, "r");
    if (!f)
        tool_error(name);
    return f;
}

void io_fclose(FILE *f)
{
    if (f != stdin)
        fclose(f);
}

char *io_read_file(const char *path, size_t *n)
{
    size_t cap = 4096, len = 0;
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return NULL;
    char *text = tool_realloc(NULL, cap);
    for (;;) {
        ssize_t got = io_read(fd, text + len, cap - len - 1);
        if (got <= 0)
            break;
        len += got;
        if (cap - len < 2)
            text = tool_realloc(text, cap *= 2);
    }
    close(fd);
    text[len] = 0;
    if (n)
        *n = len;
    return text;
}

static int each_one(const char *name, int (*fn)(FILE *, const char *))
{
    FILE *f = io_fopen(name);
    if (!f)
        return 1;
    int status = fn(f, name);
    if (ferror(f))
        status = tool_error(name);
    io_fclose(f);
    return status;
}

int io_each(int argc, char **argv, int i, int (*fn)(FILE *f, const char *name))
{
    int status = 0;
    if (i >= argc)
        return each_one("-", fn);
    for (; i < argc; i++)
        status |= each_one(argv[i], fn);
    return status;
}
