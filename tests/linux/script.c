// Scripts: files that begin with #! and name their interpreter.
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// A script whose first line is #! and the format with this program's path in it.
static void write_script(const char *path, const char *format)
{
    char line[600];
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    int n = snprintf(line, sizeof line, format, self_path);
    if (write(fd, line, n) != n)
        give_up(path);
    close(fd);
}

static void run(const char *path)
{
    pid_t pid = fork_test();
    if (pid == 0) {
        char *argv[] = {"zero", "one", "two", NULL}, *environment[] = {NULL};
        execve(path, argv, environment);
        show(path, -1);
        _exit(126);
    }
    show_child("child", pid);
}

// The interpreter gets: its name, the rest of the line as one argument, the script, arguments.
static void interpreter_and_argument(void)
{
    symlink(self_path, "arguments");
    write_script("script", "#!%s --helper arguments\nrest is not read\n");
    run("./script");
}

static void blanks(void)
{
    write_script("script", "#!  \t%s \t --helper \t \n");
    run("./script");
    write_script("no_newline", "#!%s --helper");
    run("./no_newline");
}

static void script_of_a_script(void)
{
    char line[700], directory[300];
    getcwd(directory, sizeof directory);
    write_script("inner", "#!%s --helper\n");
    int fd = open("outer", O_WRONLY | O_CREAT, 0755);
    int n = snprintf(line, sizeof line, "#!%s/inner\n", directory);
    write(fd, line, n);
    close(fd);
    run("./outer");
}

static void failures(void)
{
    write_script("missing", "#!/missing/interpreter\n");
    run("./missing");
    write_script("nothing", "#!\n");
    run("./nothing");
    write_script("blank", "#!   \n");
    run("./blank");
    write_script("directory", "#!/tmp\n");
    run("./directory");
    close(make_file("plain", "text"));
    write_script("no_x", "#!plain\n");
    run("./no_x");
    write_script("itself", "#!itself\n");
    run("./itself");
}

static void not_executable(void)
{
    write_script("script", "#!%s --helper\n");
    chmod("script", 0644);
    run("./script");
}

const struct test tests_script[] = {
    {"interpreter_and_argument", interpreter_and_argument},
    {"blanks", blanks},
    {"script_of_a_script", script_of_a_script},
    {"failures", failures},
    {"not_executable", not_executable},
    {NULL, NULL},
};
