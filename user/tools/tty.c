// tty clear stty
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "tool.h"
#include "tools.h"

int tty_main(int argc, char **argv)
{
    const char *name = isatty(0) ? ttyname(0) : NULL;
    bool silent = argc > 1 && strcmp(argv[1], "-s") == 0;
    if (!silent)
        puts(name ? name : isatty(0) ? "/dev/console" : "not a tty");
    return isatty(0) ? 0 : 1;
}

int clear_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    fputs("\033[H\033[2J\033[3J", stdout);
    return 0;
}

enum field { IFLAG, OFLAG, CFLAG, LFLAG };

static const struct {
    const char *name;
    enum field field;
    tcflag_t bits;
} flags[] = {
    {"ignbrk", IFLAG, IGNBRK}, {"brkint", IFLAG, BRKINT},   {"istrip", IFLAG, ISTRIP},
    {"inlcr", IFLAG, INLCR},   {"igncr", IFLAG, IGNCR},     {"icrnl", IFLAG, ICRNL},
    {"ixon", IFLAG, IXON},     {"ixoff", IFLAG, IXOFF},     {"opost", OFLAG, OPOST},
    {"onlcr", OFLAG, ONLCR},   {"isig", LFLAG, ISIG},       {"icanon", LFLAG, ICANON},
    {"iexten", LFLAG, IEXTEN}, {"echo", LFLAG, ECHO},       {"echoe", LFLAG, ECHOE},
    {"echok", LFLAG, ECHOK},   {"echonl", LFLAG, ECHONL},   {"noflsh", LFLAG, NOFLSH},
    {"tostop", LFLAG, TOSTOP}, {"echoctl", LFLAG, ECHOCTL}, {"echoke", LFLAG, ECHOKE},
};

static const struct {
    const char *name;
    int index;
} characters[] = {
    {"intr", VINTR},   {"quit", VQUIT}, {"erase", VERASE}, {"kill", VKILL}, {"eof", VEOF},
    {"start", VSTART}, {"stop", VSTOP}, {"susp", VSUSP},   {"min", VMIN},   {"time", VTIME},
};

static tcflag_t *field(struct termios *t, enum field f)
{
    tcflag_t *const all[] = {&t->c_iflag, &t->c_oflag, &t->c_cflag, &t->c_lflag};
    return all[f];
}

static void put_character(const char *name, unsigned c)
{
    if (c == 0)
        printf("%s = <undef>; ", name);
    else if (c < 32)
        printf("%s = ^%c; ", name, c + 64);
    else if (c == 127)
        printf("%s = ^?; ", name);
    else
        printf("%s = %c; ", name, c);
}

static int show(struct termios *t, bool all)
{
    struct winsize ws = {0};
    ioctl(0, TIOCGWINSZ, &ws);
    printf("rows %d; columns %d;\n", ws.ws_row, ws.ws_col);
    for (size_t i = 0; all && i < 8; i++)
        put_character(characters[i].name, t->c_cc[characters[i].index]);
    printf("min = %d; time = %d;\n", t->c_cc[VMIN], t->c_cc[VTIME]);
    for (size_t i = 0; all && i < sizeof flags / sizeof *flags; i++)
        printf("%s%s%s", i ? " " : "", *field(t, flags[i].field) & flags[i].bits ? "" : "-",
               flags[i].name);
    if (all)
        putchar('\n');
    return 0;
}

static void set_raw(struct termios *t)
{
    cfmakeraw(t);
    t->c_cc[VMIN] = 1;
    t->c_cc[VTIME] = 0;
}

static void set_sane(struct termios *t)
{
    t->c_iflag |= BRKINT | ICRNL | IXON;
    t->c_iflag &= ~(IGNBRK | INLCR | IGNCR | ISTRIP);
    t->c_oflag |= OPOST | ONLCR;
    t->c_lflag |= ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE;
    t->c_lflag &= ~(ECHONL | NOFLSH | TOSTOP);
}

static bool set_flag(struct termios *t, const char *name)
{
    bool off = *name == '-';
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (strcmp(flags[i].name, name + off) != 0)
            continue;
        tcflag_t *f = field(t, flags[i].field);
        *f = off ? *f & ~flags[i].bits : *f | flags[i].bits;
        return true;
    }
    return false;
}

static unsigned character(const char *s)
{
    if (s[0] == '^' && s[1])
        return s[1] == '?' ? 127 : s[1] == '-' ? 0 : s[1] & 31;
    return s[0] && s[1] ? (unsigned)tool_number(s) : (unsigned char)s[0];
}

static bool set_character(struct termios *t, const char *name, const char *value)
{
    for (size_t i = 0; value && i < sizeof characters / sizeof *characters; i++)
        if (strcmp(characters[i].name, name) == 0) {
            bool number = characters[i].index == VMIN || characters[i].index == VTIME;
            t->c_cc[characters[i].index] = number ? tool_number(value) : character(value);
            return true;
        }
    return false;
}

static bool set_size(const char *name, const char *value)
{
    struct winsize ws = {0};
    bool rows = strcmp(name, "rows") == 0;
    if (!value || (!rows && strcmp(name, "cols") != 0 && strcmp(name, "columns") != 0))
        return false;
    ioctl(0, TIOCGWINSZ, &ws);
    *(rows ? &ws.ws_row : &ws.ws_col) = tool_number(value);
    if (ioctl(0, TIOCSWINSZ, &ws) < 0)
        exit(tool_error("standard input"));
    return true;
}

// Returns how many arguments it took.
static int apply(struct termios *t, const char *word, const char *value)
{
    if (strcmp(word, "raw") == 0)
        set_raw(t);
    else if (strcmp(word, "sane") == 0 || strcmp(word, "-raw") == 0 || strcmp(word, "cooked") == 0)
        set_sane(t);
    else if (set_character(t, word, value) || set_size(word, value))
        return 2;
    else if (!set_flag(t, word))
        tool_die("invalid argument '%.60s'", word);
    return 1;
}

int stty_main(int argc, char **argv)
{
    struct termios t;
    struct winsize ws;
    if (tcgetattr(0, &t) < 0)
        return tool_error("standard input");
    if (argc == 1 || strcmp(argv[1], "-a") == 0)
        return show(&t, argc > 1);
    if (strcmp(argv[1], "size") == 0) {
        if (ioctl(0, TIOCGWINSZ, &ws) < 0)
            return tool_error("standard input");
        printf("%d %d\n", ws.ws_row, ws.ws_col);
        return 0;
    }
    for (int i = 1; i < argc;)
        i += apply(&t, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
    return tcsetattr(0, TCSADRAIN, &t) == 0 ? 0 : tool_error("standard input");
}
