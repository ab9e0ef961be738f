// Signals: the handler only marks; the marks are looked at between commands.
//
// T1: how[sig] says what this shell did to a signal's disposition; the system is only called when
//     that changes, so a script without traps makes no signal calls at all.
#include "trap.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tools/signame.h"
#include "sh.h"

enum { NSIGNALS = 65 };
enum how { UNTOUCHED, CAUGHT, IGNORED_BY_TRAP, IGNORED_BY_SHELL };

static char *action[NSIGNALS]; // [0]: EXIT; NULL: none; "": ignore
static unsigned char how[NSIGNALS];
static volatile sig_atomic_t pending[NSIGNALS];
static volatile sig_atomic_t any_pending;
static int running; // a trap's action: not interrupted by others

static void on_signal(int sig)
{
    pending[sig] = 1;
    any_pending = 1;
}

static void dispose(int sig, enum how h)
{
    struct sigaction sa = {0};
    if (how[sig] == h)
        return;
    sa.sa_handler = h == CAUGHT ? on_signal : h == UNTOUCHED ? SIG_DFL : SIG_IGN;
    sigaction(sig, &sa, NULL);
    how[sig] = h;
}

// What a signal without a trap does in this shell.
static enum how resting(int sig)
{
    if (!sh.interactive)
        return UNTOUCHED;
    if (sig == SIGINT)
        return CAUGHT;
    if (sig == SIGQUIT || sig == SIGTERM)
        return IGNORED_BY_SHELL;
    if (sh.jobctl && (sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU))
        return IGNORED_BY_SHELL;
    return UNTOUCHED;
}

void trap_interactive(bool jobctl)
{
    static const int sigs[] = {SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};
    (void)jobctl;
    for (size_t i = 0; i < sizeof sigs / sizeof *sigs; i++)
        if (!action[sigs[i]])
            dispose(sigs[i], resting(sigs[i]));
}

bool trap_pending(void)
{
    return any_pending;
}

int trap_pending_signal(void)
{
    for (int sig = 1; sig < NSIGNALS; sig++)
        if (pending[sig])
            return sig;
    return 0;
}

static void run_action(int sig)
{
    int status = sh.status;
    char *text = xstrdup(action[sig]); // the action may change its own trap
    running++;
    shell_run_string(text, "trap");
    running--;
    free(text);
    if (sh.skip != SKIP_RETURN)
        sh.status = status;
}

void trap_poll(void)
{
    if (!any_pending || running)
        return;
    any_pending = 0;
    for (int sig = 1; sig < NSIGNALS; sig++) {
        if (!pending[sig])
            continue;
        pending[sig] = 0;
        if (action[sig] && *action[sig])
            run_action(sig);
        else if (sig == SIGINT && sh.interactive)
            raise_status(128 + SIGINT);
    }
}

void trap_run_exit(void)
{
    char *text = action[0];
    action[0] = NULL;
    running = 0;
    if (!text)
        return;
    int status = sh.status;
    sh.skip = SKIP_NONE;
    shell_run_string(text, "trap");
    sh.status = status;
}

bool trap_any(void)
{
    for (int sig = 0; sig < NSIGNALS; sig++)
        if (action[sig] && *action[sig])
            return true;
    return false;
}

void trap_subshell(void)
{
    running = 0;
    any_pending = 0;
    for (int sig = 0; sig < NSIGNALS; sig++) {
        pending[sig] = 0;
        if (action[sig] && *action[sig])
            action[sig] = NULL;
        if (sig && (how[sig] == CAUGHT || how[sig] == IGNORED_BY_SHELL))
            dispose(sig, UNTOUCHED);
    }
}

// Runs between vfork and exec: may not change memory. Caught signals reset themselves at exec.
void trap_exec_signals(void)
{
    struct sigaction sa = {0};
    for (int sig = 1; sig < NSIGNALS; sig++)
        if (how[sig] == IGNORED_BY_SHELL)
            sigaction(sig, &sa, NULL);
}

void trap_background_signals(void)
{
    dispose(SIGINT, IGNORED_BY_TRAP);
    dispose(SIGQUIT, IGNORED_BY_TRAP);
}

static void trap_set(int sig, const char *text)
{
    free(action[sig]);
    action[sig] = text ? xstrdup(text) : NULL;
    if (sig == 0 || sig == SIGKILL || sig == SIGSTOP)
        return;
    dispose(sig, !text ? resting(sig) : *text ? CAUGHT : IGNORED_BY_TRAP);
}

static void print_quoted(const char *s)
{
    putchar('\'');
    for (; *s; s++)
        *s == '\'' ? fputs("'\\''", stdout) : putchar(*s);
    putchar('\'');
}

static int trap_list(void)
{
    for (int sig = 0; sig < NSIGNALS; sig++) {
        char name[16];
        if (!action[sig])
            continue;
        fputs("trap -- ", stdout);
        print_quoted(action[sig]);
        printf(" %s\n", sig ? signal_name(sig, name) : "EXIT");
    }
    return 0;
}

int builtin_trap(int argc, char **argv)
{
    int i = 1, status = 0;
    if (argc > 1 && strcmp(argv[1], "--") == 0)
        i++;
    if (i == argc)
        return trap_list();
    const char *text = argv[i];
    bool number = *text && text[strspn(text, "0123456789")] == 0;
    if (strcmp(text, "-") == 0)
        text = NULL;
    if (number || i + 1 == argc)
        text = NULL; // `trap INT`, `trap 2 15`: all are conditions
    else
        i++;
    for (; i < argc; i++) {
        int sig = strcmp(argv[i], "EXIT") == 0 ? 0 : signal_number(argv[i]);
        if (sig < 0 || sig >= NSIGNALS) {
            warn("trap: %.60s: bad trap", argv[i]);
            status = 1;
            continue;
        }
        trap_set(sig, text);
    }
    return status;
}
