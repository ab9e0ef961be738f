#include "edit.h"
#include <string.h>
#include <unistd.h>
#include "var.h"
char *edit_read_line(int fd, bool continued, size_t *n)
{
    char *l = xmalloc(4096);
    const char *p = var_get(continued ? "PS2" : "PS1");
    if (p && write(2, p, strlen(p)) < 0) return NULL;
    ssize_t k = read(fd, l, 4096);
    if (k <= 0) return NULL;
    *n = k;
    return l;
}
