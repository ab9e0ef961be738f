// ls: long lines, columns, single names.
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "ls.h"

struct widths {
    int links, user, group, size;
};

static void print_time(time_t t)
{
    char text[32];
    time_t now = time(NULL);
    bool recent = t <= now + 3600 && t > now - 182 * 86400L;
    struct tm *tm = localtime(&t);
    strftime(text, sizeof text, recent ? "%b %e %H:%M" : "%b %e  %Y", tm);
    printf("%s ", text);
}

static const char *size_text(const struct entry *e, char *buffer)
{
    if (S_ISCHR(e->st.st_mode) || S_ISBLK(e->st.st_mode))
        sprintf(buffer, "%u, %u", major(e->st.st_rdev), minor(e->st.st_rdev));
    else if (ls.human)
        human_size(e->st.st_size, buffer);
    else
        sprintf(buffer, "%jd", (intmax_t)e->st.st_size);
    return buffer;
}

static const char *owner_text(const struct entry *e, char *buffer)
{
    if (!ls.numeric)
        return user_name(e->st.st_uid, buffer);
    sprintf(buffer, "%u", e->st.st_uid);
    return buffer;
}

static const char *group_text(const struct entry *e, char *buffer)
{
    if (!ls.numeric)
        return group_name(e->st.st_gid, buffer);
    sprintf(buffer, "%u", e->st.st_gid);
    return buffer;
}

static int max(int a, int b)
{
    return a > b ? a : b;
}

static struct widths measure(const struct entries *list)
{
    struct widths w = {0};
    char buffer[64];
    for (size_t i = 0; i < list->n; i++) {
        const struct entry *e = &list->v[i];
        w.links = max(w.links, sprintf(buffer, "%ju", (uintmax_t)e->st.st_nlink));
        w.user = max(w.user, (int)strlen(owner_text(e, buffer)));
        w.group = max(w.group, (int)strlen(group_text(e, buffer)));
        w.size = max(w.size, (int)strlen(size_text(e, buffer)));
    }
    return w;
}

static void print_name(const struct entry *e)
{
    static const char marks[] = {[S_IFDIR >> 12] = '/',
                                 [S_IFIFO >> 12] = '|',
                                 [S_IFLNK >> 12] = '@',
                                 [S_IFSOCK >> 12] = '='};
    fputs(e->name, stdout);
    if (!ls.classify)
        return;
    char mark = marks[(e->st.st_mode & S_IFMT) >> 12];
    if (S_ISREG(e->st.st_mode) && (e->st.st_mode & 0111))
        mark = '*';
    if (mark && !(ls.lng && mark == '@'))
        putchar(mark);
}

static void print_prefix(const struct entry *e)
{
    if (ls.inode)
        printf("%ju ", (uintmax_t)e->st.st_ino);
    if (ls.blocks)
        printf("%jd ", (intmax_t)e->st.st_blocks / 2);
}

static void print_long(const struct entry *e, const struct widths *w)
{
    char mode[11], target[PATH_MAX], buffer[64];
    mode_string(e->st.st_mode, mode);
    print_prefix(e);
    printf("%s %*ju ", mode, w->links, (uintmax_t)e->st.st_nlink);
    printf("%-*s ", w->user, owner_text(e, buffer));
    printf("%-*s ", w->group, group_text(e, buffer));
    printf("%*s ", w->size, size_text(e, buffer));
    print_time(e->st.st_mtim.tv_sec);
    print_name(e);
    ssize_t n = S_ISLNK(e->st.st_mode) ? readlink(e->path, target, sizeof target) : -1;
    if (n >= 0)
        printf(" -> %.*s", (int)n, target);
    putchar('\n');
}

static int screen_width(void)
{
    struct winsize ws;
    return ioctl(1, TIOCGWINSZ, &ws) == 0 && ws.ws_col ? ws.ws_col : 80;
}

// Columns of equal width, filled downwards.
static void print_columns(const struct entries *list)
{
    int longest = 0;
    for (size_t i = 0; i < list->n; i++)
        longest = max(longest, (int)strlen(list->v[i].name) + ls.classify);
    size_t columns = max(1, (screen_width() + 1) / (longest + 2));
    size_t rows = (list->n + columns - 1) / columns;
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = row; i < list->n; i += rows) {
            print_prefix(&list->v[i]);
            print_name(&list->v[i]);
            int pad = longest + 2 - (int)strlen(list->v[i].name);
            if (i + rows < list->n)
                printf("%*s", pad, "");
        }
        putchar('\n');
    }
}

static void print_total(const struct entries *list)
{
    uintmax_t blocks = 0;
    char buffer[16];
    for (size_t i = 0; i < list->n; i++)
        blocks += list->v[i].st.st_blocks;
    if (ls.human)
        printf("total %s\n", human_size(blocks * 512, buffer));
    else
        printf("total %ju\n", blocks / 2);
}

void ls_print(const struct entries *list, bool directory)
{
    if (directory && (ls.lng || ls.blocks))
        print_total(list);
    if (ls.lng) {
        struct widths w = measure(list);
        for (size_t i = 0; i < list->n; i++)
            print_long(&list->v[i], &w);
    } else if (ls.columns) {
        print_columns(list);
    } else {
        for (size_t i = 0; i < list->n; i++) {
            print_prefix(&list->v[i]);
            print_name(&list->v[i]);
            putchar('\n');
        }
    }
}
