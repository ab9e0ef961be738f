// stat
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "tool.h"
#include "tools.h"

static const char *type_name(const struct stat *st)
{
    switch (st->st_mode & S_IFMT) {
    case S_IFDIR:
        return "directory";
    case S_IFLNK:
        return "symbolic link";
    case S_IFCHR:
        return "character special file";
    case S_IFBLK:
        return "block special file";
    case S_IFIFO:
        return "fifo";
    case S_IFSOCK:
        return "socket";
    default:
        return st->st_size ? "regular file" : "regular empty file";
    }
}

static void put_time(const struct timespec *t)
{
    char text[32];
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", localtime(&t->tv_sec));
    char zone[8];
    strftime(zone, sizeof zone, "%z", localtime(&t->tv_sec));
    printf("%s.%09ld %s", text, t->tv_nsec, zone);
}

static void put_name(const char *name, const struct stat *st)
{
    char target[PATH_MAX];
    ssize_t n = S_ISLNK(st->st_mode) ? readlink(name, target, sizeof target) : -1;
    printf("'%s'", name);
    if (n >= 0)
        printf(" -> '%.*s'", (int)n, target);
}

struct value {
    char letter;
    char form; // d, o or x
    intmax_t number;
};

static bool put_number(char c, const struct stat *st)
{
    const struct value values[] = {
        {'s', 'd', st->st_size},    {'b', 'd', st->st_blocks},      {'B', 'd', 512},
        {'o', 'd', st->st_blksize}, {'f', 'x', st->st_mode},        {'a', 'o', st->st_mode & 07777},
        {'u', 'd', st->st_uid},     {'g', 'd', st->st_gid},         {'h', 'd', st->st_nlink},
        {'i', 'd', st->st_ino},     {'d', 'd', st->st_dev},         {'t', 'x', major(st->st_rdev)},
        {'X', 'd', st->st_atime},   {'T', 'x', minor(st->st_rdev)}, {'Y', 'd', st->st_mtime},
        {'Z', 'd', st->st_ctime},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const struct value *v = &values[i];
        if (v->letter != c)
            continue;
        printf(v->form == 'd' ? "%jd" : v->form == 'o' ? "%jo" : "%jx", v->number);
        return true;
    }
    return false;
}

static void put_field(char c, const char *name, const struct stat *st)
{
    char text[32] = "?";
    if (put_number(c, st))
        return;
    switch (c) {
    case 'N':
        put_name(name, st);
        return;
    case 'x':
        put_time(&st->st_atim);
        return;
    case 'y':
        put_time(&st->st_mtim);
        return;
    case 'z':
        put_time(&st->st_ctim);
        return;
    case 'A':
        mode_string(st->st_mode, text);
    }
    const char *shown = c == 'n'   ? name
                        : c == 'F' ? type_name(st)
                        : c == 'U' ? user_name(st->st_uid, text)
                        : c == 'G' ? group_name(st->st_gid, text)
                        : c == '%' ? "%"
                                   : text;
    fputs(shown, stdout);
}

static void put_format(const char *f, const char *name, const struct stat *st)
{
    for (; *f; f++) {
        if (*f == '%' && f[1])
            put_field(*++f, name, st);
        else if (*f == '\\' && f[1] == 'n')
            putchar('\n'), f++;
        else
            putchar(*f);
    }
}

static const char standard[] = "  File: %N\n"
                               "  Size: %s\tBlocks: %b\tIO Block: %o\t%F\n"
                               "Device: %d\tInode: %i\tLinks: %h\n"
                               "Access: (%a/%A)  Uid: (%u/%U)  Gid: (%g/%G)\n"
                               "Access: %x\nModify: %y\nChange: %z\n";

int stat_main(int argc, char **argv)
{
    const char *format = NULL;
    bool follow = false;
    int opt, status = 0;
    while ((opt = getopt(argc, argv, "Lc:")) != -1) {
        if (opt == '?')
            return 1;
        follow |= opt == 'L';
        if (opt == 'c')
            format = optarg;
    }
    if (optind == argc)
        tool_usage("[-L] [-c FORMAT] FILE...");
    for (int i = optind; i < argc; i++) {
        struct stat st;
        if ((follow ? stat : lstat)(argv[i], &st) < 0) {
            status = tool_error(argv[i]);
            continue;
        }
        put_format(format ? format : standard, argv[i], &st);
        if (format)
            putchar('\n');
    }
    return status;
}
