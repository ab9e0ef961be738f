// Redirections. Planning may raise or fork; applying only opens and copies descriptors, so that it
// can run between vfork and exec.
#define _GNU_SOURCE
#include "redir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "expand.h"
#include "sh.h"

enum { HIGH_FD = 10, PIPE_SAFE = 4096 };

struct fdsave {
    struct fdsave *up;
    int fd;
    int copy; // -1: fd was closed
};

int redir_move_high(int fd)
{
    int high = fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);
    if (high < 0) {
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        return fd;
    }
    close(fd);
    return high;
}

static void write_all(int fd, const char *s, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, s, n);
        if (put < 0 && errno != EINTR)
            return;
        if (put > 0) {
            s += put;
            n -= put;
        }
    }
}

// The read end of a pipe with the text in it. What an empty pipe surely holds is written at once;
// more needs a writer.
static int here_pipe(const char *text)
{
    int ends[2];
    size_t n = strlen(text);
    if (pipe2(ends, O_CLOEXEC) < 0)
        fail(2, "pipe: %s", error_text(errno));
    pid_t pid = n <= PIPE_SAFE ? -1 : fork();
    if (n > PIPE_SAFE && pid < 0)
        fail(2, "cannot fork: %s", error_text(errno));
    if (pid == 0)
        close(ends[0]);
    if (pid <= 0)
        write_all(ends[1], text, n);
    if (pid == 0)
        _exit(0);
    close(ends[1]);
    return ends[0];
}

static int dup_source(const char *text)
{
    if (strcmp(text, "-") == 0)
        return -1;
    if (!*text || text[strspn(text, "0123456789")] || strlen(text) > 4)
        fail(2, "bad fd number: %.60s", text);
    return atoi(text);
}

struct plan *redir_plan(const struct redir *r)
{
    struct plan *head = NULL, **tail = &head;
    for (; r; r = r->next) {
        struct plan *p = arena_alloc(&sh.scratch, sizeof *p);
        char *text = expand_string(r->target);
        *p = (struct plan){.op = r->op, .fd = r->fd, .from = -1, .path = text};
        if (r->op == REDIR_HERE)
            p->from = here_pipe(text);
        if (r->op == REDIR_DUP)
            p->from = dup_source(text);
        *tail = p;
        tail = &p->next;
    }
    return head;
}

void redir_plan_close(struct plan *p)
{
    for (; p; p = p->next)
        if (p->op == REDIR_HERE)
            close(p->from);
}

// Under -C an existing regular file is not overwritten.
static int open_no_clobber(const char *path)
{
    struct stat st;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (fd >= 0 || errno != EEXIST)
        return fd;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return open(path, O_WRONLY);
    errno = EEXIST;
    return -1;
}

static int open_target(const struct plan *p)
{
    switch (p->op) {
    case REDIR_READ:
        return open(p->path, O_RDONLY);
    case REDIR_WRITE:
        if (sh.opt['C'])
            return open_no_clobber(p->path);
        return open(p->path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    case REDIR_CLOBBER:
        return open(p->path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    case REDIR_APPEND:
        return open(p->path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    case REDIR_RDWR:
        return open(p->path, O_RDWR | O_CREAT, 0666);
    default:
        return -1;
    }
}

static bool apply_copy(const struct plan *p)
{
    if (p->from < 0) {
        close(p->fd);
        return true;
    }
    if (p->from == p->fd && p->op == REDIR_HERE)
        return fcntl(p->fd, F_SETFD, 0) == 0;
    if (p->from == p->fd ? fcntl(p->fd, F_GETFD) >= 0 : dup2(p->from, p->fd) >= 0)
        return true;
    warn("%d: %s", p->from, error_text(errno));
    return false;
}

static bool apply_one(const struct plan *p)
{
    if (p->op == REDIR_DUP || p->op == REDIR_HERE)
        return apply_copy(p);
    int fd = open_target(p);
    if (fd < 0) {
        bool creating = p->op != REDIR_READ;
        warn("cannot %s %.300s: %s", creating ? "create" : "open", p->path, error_text(errno));
        return false;
    }
    if (fd == p->fd)
        return true;
    bool ok = dup2(fd, p->fd) >= 0;
    if (!ok)
        warn("%d: %s", p->fd, error_text(errno));
    close(fd);
    return ok;
}

bool redir_apply(const struct plan *p)
{
    for (; p; p = p->next)
        if (!apply_one(p))
            return false;
    return true;
}

static void save(int fd)
{
    struct fdsave *s = xmalloc(sizeof *s);
    *s = (struct fdsave){sh.saves, fd, fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD)};
    sh.saves = s;
}

bool redir_apply_saving(const struct plan *p)
{
    for (; p; p = p->next) {
        save(p->fd);
        if (!apply_one(p))
            return false;
    }
    return true;
}

void redir_undo(struct fdsave *until)
{
    while (sh.saves != until) {
        struct fdsave *s = sh.saves;
        sh.saves = s->up;
        if (s->copy >= 0) {
            dup2(s->copy, s->fd);
            close(s->copy);
        } else {
            close(s->fd);
        }
        free(s);
    }
}

void redir_forget(void)
{
    while (sh.saves) {
        struct fdsave *s = sh.saves;
        sh.saves = s->up;
        if (s->copy >= 0)
            close(s->copy); // else a pipe would stay open for as long as the child lives
        free(s);
    }
}
