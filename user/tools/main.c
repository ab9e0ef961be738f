// tools: one program, many names.
//
// The name it is called by, or else its first argument, says which tool to be. `tools --list`
// prints the names, one a line, for whoever makes the links.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"
#include "tools.h"

struct tool {
    const char *name;
    int (*run)(int argc, char **argv);
};

static int true_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    return 0;
}

static int false_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    return 1;
}

// In the order of strcmp.
static const struct tool tools[] = {
    {"[", tool_test},
    {"basename", basename_main},
    {"cat", cat_main},
    {"chmod", chmod_main},
    {"chown", chown_main},
    {"clear", clear_main},
    {"cmp", cmp_main},
    {"cp", cp_main},
    {"cut", cut_main},
    {"date", date_main},
    {"dd", dd_main},
    {"df", df_main},
    {"dirname", dirname_main},
    {"du", du_main},
    {"echo", tool_echo},
    {"env", env_main},
    {"expr", expr_main},
    {"false", false_main},
    {"find", find_main},
    {"free", free_main},
    {"grep", grep_main},
    {"head", head_main},
    {"hexdump", hexdump_main},
    {"hostname", hostname_main},
    {"id", id_main},
    {"kill", tool_kill},
    {"ln", ln_main},
    {"ls", ls_main},
    {"mkdir", mkdir_main},
    {"mkfifo", mkfifo_main},
    {"mv", mv_main},
    {"nice", nice_main},
    {"nproc", nproc_main},
    {"od", od_main},
    {"pmap", pmap_main},
    {"poweroff", poweroff_main},
    {"printenv", printenv_main},
    {"printf", tool_printf},
    {"ps", ps_main},
    {"pwd", pwd_main},
    {"readlink", readlink_main},
    {"reboot", reboot_main},
    {"rm", rm_main},
    {"rmdir", rmdir_main},
    {"seq", seq_main},
    {"setsid", setsid_main},
    {"sleep", sleep_main},
    {"sort", sort_main},
    {"stat", stat_main},
    {"strings", strings_main},
    {"stty", stty_main},
    {"su", su_main},
    {"sync", sync_main},
    {"tail", tail_main},
    {"tee", tee_main},
    {"test", tool_test},
    {"time", time_main},
    {"timeout", timeout_main},
    {"touch", touch_main},
    {"tr", tr_main},
    {"true", true_main},
    {"tty", tty_main},
    {"uname", uname_main},
    {"uniq", uniq_main},
    {"uptime", uptime_main},
    {"wc", wc_main},
    {"which", which_main},
    {"whoami", whoami_main},
    {"xargs", xargs_main},
    {"yes", yes_main},
};

enum { COUNT = sizeof tools / sizeof *tools };

static int compare(const void *name, const void *tool)
{
    return strcmp(name, ((const struct tool *)tool)->name);
}

static int list(void)
{
    for (int i = 0; i < COUNT; i++)
        puts(tools[i].name);
    return 0;
}

// Called when the tool is done or calls exit: what it wrote must have arrived. A reader that went
// away is not worth a message.
static void flush_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return;
    if (errno != EPIPE)
        tool_error("write error");
    _exit(1);
}

static int run(const struct tool *t, int argc, char **argv)
{
    shared_name = t->name;
    argv[0] = (char *)t->name; // getopt's messages begin with it
    atexit(flush_output);
    return t->run(argc, argv);
}

static const struct tool *find(const char *name)
{
    return bsearch(name, tools, COUNT, sizeof *tools, compare);
}

int main(int argc, char **argv)
{
    const struct tool *t = argc > 0 ? find(path_base(argv[0])) : NULL;
    if (t)
        return run(t, argc, argv);
    if (argc > 1 && strcmp(argv[1], "--list") == 0)
        return list();
    t = argc > 1 ? find(argv[1]) : NULL;
    if (t)
        return run(t, argc - 1, argv + 1);
    fprintf(stderr, "usage: tools NAME [ARGUMENT]... | tools --list\n");
    return argc > 1 ? 127 : 2;
}
