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
    case S_IFDIR: return "directory";
    case S_IFLNK: return "symbolic link";
    case S_IFCHR: return "character special file";
    case S_IFBLK: return "block special file";
    case S_IFIFO: return "fifo";
    case S_IFSOCK: return "socket";
    default: return st->st_size ? "regular file" : "regular empty file";
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

static void put_field(char c, const char *name, const struct stat *st)
{
    char text[32];
    switch (c) {
    case 'n': fputs(name, stdout); break;
    case 'N': put_name(name, st); break;
    case 's': printf("%jd", (intmax_t)st->st_size); break;
    case 'b': printf("%jd", (intmax_t)st->st_blocks); break;
    case 'B': printf("512"); break;
    case 'o': printf("%jd", (intmax_t)st->st_blksize); break;
    case 'f': printf("%x", st->st_mode); break;
    case 'a': printf("%o", st->st_mode & 07777); break;
    case 'A': mode_string(st->st_mode, text), fputs(text, stdout); break;
    case 'F': fputs(type_name(st), stdout); break;
    case 'u': printf("%u", st->st_uid); break;
    case 'U': fputs(user_name(st->st_uid, text), stdout); break;
    case 'g': printf("%u", st->st_gid); break;
    case 'G': fputs(group_name(st->st_gid, text), stdout); break;
    case 'h': printf("%ju", (uintmax_t)st->st_nlink); break;
    case 'i': printf("%ju", (uintmax_t)st->st_ino); break;
    case 'd': printf("%ju", (uintmax_t)st->st_dev); break;
    case 't': printf("%x", major(st->st_rdev)); break;
    case 'T': printf("%x", minor(st->st_rdev)); break;
    case 'X': printf("%jd", (intmax_t)st->st_atime); break;
    case 'Y': printf("%jd", (intmax_t)st->st_mtime); break;
    case 'Z': printf("%jd", (intmax_t)st->st_ctime); break;
    case 'x': put_time(&st->st_atim); break;
    case 'y': put_time(&st->st_mtim); break;
    case 'z': put_time(&st->st_ctim); break;
    case '%': putchar('%'); break;
    default: printf("?"); break;
    }
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
