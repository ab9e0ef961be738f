// Messages, memory, numbers: what tools share.
#define _GNU_SOURCE
#include "tool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int tool_trouble = 1;

const char *tool_strerror(int err)
{
    const char *text = strerrordesc_np(err);
    return text ? text : "Unknown error";
}

int tool_error(const char *thing)
{
    shared_warn("%.400s: %s", thing, tool_strerror(errno));
    return 1;
}

void tool_die(const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    shared_warn("%s", text);
    exit(tool_trouble);
}

void tool_usage(const char *usage)
{
    fprintf(stderr, "usage: %s %s\n", shared_name, usage);
    exit(tool_trouble);
}

void *tool_realloc(void *old, size_t n)
{
    void *p = realloc(old, n ? n : 1);
    if (!p)
        tool_die("out of memory");
    return p;
}

void *tool_alloc(size_t n)
{
    return memset(tool_realloc(NULL, n), 0, n);
}

char *tool_strdup(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(tool_realloc(NULL, n), s, n);
}

char *path_join(const char *dir, const char *name)
{
    size_t n = strlen(dir), m = strlen(name);
    char *p = tool_realloc(NULL, n + m + 2);
    memcpy(p, dir, n);
    if (n && dir[n - 1] != '/')
        p[n++] = '/';
    memcpy(p + n, name, m + 1);
    return p;
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

intmax_t tool_number(const char *text)
{
    char *end;
    errno = 0;
    intmax_t v = strtoimax(text, &end, 10);
    if (end == text || *end || errno)
        tool_die("%.60s: invalid number", text);
    return v;
}

intmax_t tool_size(const char *text)
{
    static const char units[] = "ckKMGT";
    static const int shifts[] = {0, 10, 10, 20, 30, 40};
    char *end;
    intmax_t v = strtoimax(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;
    if (end == text)
        tool_die("%.60s: invalid number", text);
    if (unit)
        return v << shifts[unit - units];
    if (*end && strcmp(end, "b") != 0)
        tool_die("%.60s: invalid suffix", text);
    return *end ? v * 512 : v;
}

void tool_exec(char **argv)
{
    fflush(stdout);
    execvp(argv[0], argv);
    int status = errno == ENOENT ? 127 : 126;
    tool_error(argv[0]);
    _exit(status);
}

char *human_size(uintmax_t bytes, char *buffer)
{
    static const char units[] = "KMGTPE";
    int unit = -1;
    uintmax_t tenths = bytes * 10;
    while (tenths >= 10240 && unit < 5) {
        tenths = (tenths + 1023) / 1024;
        unit++;
    }
    if (unit < 0)
        sprintf(buffer, "%ju", bytes);
    else if (tenths < 100)
        sprintf(buffer, "%ju.%ju%c", tenths / 10, tenths % 10, units[unit]);
    else
        sprintf(buffer, "%ju%c", (tenths + 9) / 10, units[unit]);
    return buffer;
}
