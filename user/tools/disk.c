// du df dd sync
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

#include "tool.h"
#include "tools.h"

static bool human, summary, all_files;

static void put_size(uintmax_t kilobytes, const char *path)
{
    char buffer[16];
    if (human)
        printf("%s\t%s\n", human_size(kilobytes * 1024, buffer), path);
    else
        printf("%ju\t%s\n", kilobytes, path);
}

// In blocks of 512.
static uintmax_t usage(const char *path, int depth)
{
    struct stat st;
    if (lstat(path, &st) < 0) {
        tool_error(path);
        return 0;
    }
    uintmax_t total = st.st_blocks;
    size_t n = 0;
    char **children = S_ISDIR(st.st_mode) && depth < 2000 ? dir_children(path, &n) : NULL;
    for (size_t i = 0; i < n; i++)
        total += usage(children[i], depth + 1);
    dir_free(children, n);
    if (depth == 0 || (!summary && (all_files || S_ISDIR(st.st_mode))))
        put_size((total + 1) / 2, path);
    return total;
}

int du_main(int argc, char **argv)
{
    int opt;
    while ((opt = getopt(argc, argv, "shkax")) != -1) {
        if (opt == '?')
            return 1;
        human |= opt == 'h';
        summary |= opt == 's';
        all_files |= opt == 'a';
    }
    if (optind == argc)
        usage(".", 0);
    for (int i = optind; i < argc; i++)
        usage(argv[i], 0);
    return 0;
}

static void put_amount(uintmax_t bytes)
{
    char buffer[16];
    if (human)
        printf(" %9s", human_size(bytes, buffer));
    else
        printf(" %9ju", bytes / 1024);
}

static int df_one(const char *device, const char *path)
{
    struct statvfs s;
    if (statvfs(path, &s) < 0)
        return tool_error(path);
    uintmax_t unit = s.f_frsize ? s.f_frsize : s.f_bsize;
    uintmax_t used = (s.f_blocks - s.f_bfree) * unit, left = s.f_bavail * unit;
    printf("%-16s", device);
    put_amount(s.f_blocks * unit);
    put_amount(used);
    put_amount(left);
    printf(" %3ju%% %s\n", used + left ? (used * 100 + used + left - 1) / (used + left) : 0, path);
    return 0;
}

// Every mounted file system that has blocks.
static int df_all(void)
{
    char *text = io_read_file("/proc/mounts", NULL), device[256], path[256];
    struct statvfs s;
    if (!text)
        return df_one("-", "/");
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (sscanf(line, "%255s %255s", device, path) == 2 && statvfs(path, &s) == 0 && s.f_blocks)
            df_one(device, path);
    return 0;
}

int df_main(int argc, char **argv)
{
    int opt, status = 0;
    while ((opt = getopt(argc, argv, "hk")) != -1) {
        if (opt == '?')
            return 1;
        human |= opt == 'h';
    }
    printf("%-16s %9s %9s %9s %s\n", "Filesystem", human ? "Size" : "1K-blocks", "Used",
           "Available", "Use% Mounted on");
    if (optind == argc)
        return df_all();
    for (int i = optind; i < argc; i++)
        status |= df_one("-", argv[i]);
    return status;
}

int sync_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    sync();
    return 0;
}

struct copy {
    const char *in, *out, *conv;
    intmax_t block, count, skip, seek;
    bool quiet;
};

static void parse_dd(struct copy *c, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char *value = strchr(argv[i], '=');
        if (!value)
            tool_die("unrecognized operand '%.60s'", argv[i]);
        *value++ = 0;
        if (strcmp(argv[i], "if") == 0)
            c->in = value;
        else if (strcmp(argv[i], "of") == 0)
            c->out = value;
        else if (strcmp(argv[i], "bs") == 0 || strcmp(argv[i], "ibs") == 0)
            c->block = tool_size(value);
        else if (strcmp(argv[i], "count") == 0)
            c->count = tool_size(value);
        else if (strcmp(argv[i], "skip") == 0)
            c->skip = tool_size(value);
        else if (strcmp(argv[i], "seek") == 0)
            c->seek = tool_size(value);
        else if (strcmp(argv[i], "conv") == 0)
            c->conv = value;
        else if (strcmp(argv[i], "status") == 0)
            c->quiet = strcmp(value, "none") == 0;
        else if (strcmp(argv[i], "obs") != 0)
            tool_die("unrecognized operand '%.60s'", argv[i]);
    }
    if (c->block < 1)
        tool_die("invalid block size");
}

static int dd_open_output(const struct copy *c)
{
    bool keep = strstr(c->conv, "notrunc") || c->seek;
    int fd = open(c->out, O_WRONLY | O_CREAT | (keep ? 0 : O_TRUNC), 0666);
    if (fd >= 0 && c->seek && !strstr(c->conv, "notrunc") && ftruncate(fd, c->seek * c->block) < 0)
        return fd; // a device: nothing to cut
    return fd;
}

static void dd_skip(int fd, const struct copy *c, char *block)
{
    if (lseek(fd, c->skip * c->block, SEEK_CUR) >= 0)
        return;
    for (intmax_t i = 0; i < c->skip; i++)
        if (io_read(fd, block, c->block) <= 0)
            return;
}

static int dd_copy(const struct copy *c, int in, int out, uintmax_t records[3])
{
    char *block = tool_alloc(c->block);
    ssize_t n = 0;
    if (c->skip)
        dd_skip(in, c, block);
    while (c->count < 0 || (intmax_t)(records[0] + records[1]) < c->count) {
        n = io_read(in, block, c->block);
        if (n <= 0)
            break;
        records[n < c->block]++;
        if (n < c->block && strstr(c->conv, "sync") && !strstr(c->conv, "fsync")) {
            memset(block + n, 0, c->block - n);
            n = c->block;
        }
        if (!io_write(out, block, n))
            return tool_error(c->out ? c->out : "write error");
        records[2] += n;
    }
    if (n < 0)
        return tool_error(c->in ? c->in : "read error");
    return strstr(c->conv, "fsync") && fsync(out) < 0 ? tool_error("fsync") : 0;
}

int dd_main(int argc, char **argv)
{
    struct copy c = {.block = 512, .count = -1, .conv = ""};
    struct timespec a, b;
    uintmax_t r[3] = {0};
    parse_dd(&c, argc, argv);
    int in = c.in ? open(c.in, O_RDONLY) : 0;
    if (in < 0)
        return tool_error(c.in);
    int out = c.out ? dd_open_output(&c) : 1;
    if (out < 0)
        return tool_error(c.out);
    if (c.seek && lseek(out, c.seek * c.block, SEEK_CUR) < 0)
        return tool_error("seek");
    clock_gettime(CLOCK_MONOTONIC, &a);
    int status = dd_copy(&c, in, out, r);
    clock_gettime(CLOCK_MONOTONIC, &b);
    double s = (b.tv_sec - a.tv_sec) + (b.tv_nsec - a.tv_nsec) / 1e9;
    uintmax_t full = r[2] / c.block, rest = r[2] % c.block;
    if (!c.quiet)
        fprintf(stderr, "%ju+%ju records in\n%ju+%d records out\n%ju bytes copied, %.3f s\n", r[0],
                r[1], full, rest > 0, r[2], s);
    return status;
}
