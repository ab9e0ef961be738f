// id whoami env printenv pwd which tty clear
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tool.h"
#include "tools.h"

extern char **environ;

static void put_id(const char *what, unsigned number, const char *name)
{
    printf("%s%u", what, number);
    if (*name < '0' || *name > '9')
        printf("(%s)", name);
}

static void put_all(void)
{
    char name[32];
    gid_t groups[64];
    put_id("uid=", getuid(), user_name(getuid(), name));
    put_id(" gid=", getgid(), group_name(getgid(), name));
    if (geteuid() != getuid())
        put_id(" euid=", geteuid(), user_name(geteuid(), name));
    if (getegid() != getgid())
        put_id(" egid=", getegid(), group_name(getegid(), name));
    int n = getgroups(64, groups);
    for (int i = 0; i < n; i++)
        put_id(i ? "," : " groups=", groups[i], group_name(groups[i], name));
    if (n <= 0)
        put_id(" groups=", getgid(), group_name(getgid(), name));
    putchar('\n');
}

int id_main(int argc, char **argv)
{
    char what = 0, name[32];
    bool names = false, real = false;
    int opt;
    while ((opt = getopt(argc, argv, "ugnrG")) != -1) {
        if (opt == '?')
            return 1;
        names |= opt == 'n';
        real |= opt == 'r';
        what = strchr("ugG", opt) ? (char)opt : what;
    }
    unsigned number = what == 'u' ? (real ? getuid() : geteuid()) : real ? getgid() : getegid();
    if (!what)
        put_all();
    else if (names)
        puts(what == 'u' ? user_name(number, name) : group_name(number, name));
    else
        printf("%u\n", number);
    return 0;
}

int whoami_main(int argc, char **argv)
{
    char name[32];
    (void)argc, (void)argv;
    puts(user_name(geteuid(), name));
    return 0;
}

static int print_environment(void)
{
    for (char **e = environ; *e; e++)
        puts(*e);
    return 0;
}

int env_main(int argc, char **argv)
{
    int opt;
    while ((opt = getopt(argc, argv, "+iu:")) != -1) {
        if (opt == '?')
            return 125;
        if (opt == 'i')
            clearenv();
        else
            unsetenv(optarg);
    }
    if (optind < argc && strcmp(argv[optind], "-") == 0) {
        clearenv();
        optind++;
    }
    for (; optind < argc && strchr(argv[optind], '='); optind++)
        putenv(argv[optind]);
    static char *none[] = {NULL};
    environ = environ ? environ : none;
    if (optind == argc)
        return print_environment();
    tool_exec(argv + optind);
}

int printenv_main(int argc, char **argv)
{
    int status = 0;
    if (argc < 2)
        return print_environment();
    for (int i = 1; i < argc; i++) {
        const char *value = getenv(argv[i]);
        if (value)
            puts(value);
        else
            status = 1;
    }
    return status;
}

int pwd_main(int argc, char **argv)
{
    char path[PATH_MAX];
    (void)argc, (void)argv;
    if (!getcwd(path, sizeof path))
        return tool_error("getcwd");
    puts(path);
    return 0;
}

static bool print_found(const char *name)
{
    const char *path = getenv("PATH");
    char file[PATH_MAX];
    struct stat st;
    while (path && *path) {
        int n = (int)strcspn(path, ":");
        snprintf(file, sizeof file, "%.*s/%s", n, path, name);
        if (stat(file, &st) == 0 && S_ISREG(st.st_mode) && access(file, X_OK) == 0) {
            puts(file);
            return true;
        }
        path += n + (path[n] == ':');
    }
    return false;
}

int which_main(int argc, char **argv)
{
    int status = argc < 2;
    for (int i = 1; i < argc; i++) {
        if (strchr(argv[i], '/') && access(argv[i], X_OK) == 0)
            puts(argv[i]);
        else if (!print_found(argv[i]))
            status = 1;
    }
    return status;
}
