// A FIFO (named pipe) connects processes that have nothing in common but a name. open() waits until
// the other side has come. To see it from two shells:
//     mkfifo /tmp/f; fifo-strangers read /tmp/f & fifo-strangers write /tmp/f hello
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "examples.h"

static int reader(const char *path)
{
    char text[256];
    ssize_t n;
    printf("  reader: open() waits for somebody who writes\n");
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        die(path);
    while ((n = read(fd, text, sizeof text)) > 0)
        printf("  reader: a stranger says: %.*s\n", (int)n, text);
    printf("  reader: end of file\n");
    return 0;
}

static int writer(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        die(path);
    return 0;
}

int example_fifo_strangers_main(int argc, char **argv)
{
    char path[64];
    if (argc > 2 && strcmp(argv[1], "read") == 0)
        return reader(argv[2]);
    if (argc > 3 && strcmp(argv[1], "write") == 0)
        return writer(argv[2], argv[3]);
    snprintf(path, sizeof path, "/tmp/fifo-strangers.%d", getpid());
    if (mkfifo(path, 0600) < 0)
        die("mkfifo");
    printf("a FIFO is a pipe with a name; two processes meet at it without sharing descriptors:\n");
    if (fork_or_die() == 0)
        _exit(reader(path));
    usleep(100000);
    if (fork_or_die() == 0)
        _exit(writer(path, "hello"));
    while (wait(NULL) > 0)
        continue;
    unlink(path);
    printf("the bytes were never in the file system: only the name was\n");
    return 0;
}
