// Permission modes as text: rwxr-xr-x, 755, u+x,g-w.
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tool.h"

bool ask_is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static char type_letter(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return 'd';
    case S_IFLNK:
        return 'l';
    case S_IFCHR:
        return 'c';
    case S_IFBLK:
        return 'b';
    case S_IFIFO:
        return 'p';
    case S_IFSOCK:
        return 's';
    default:
        return '-';
    }
}

void mode_string(mode_t mode, char text[11])
{
    static const char letters[] = "rwxrwxrwx";
    text[0] = type_letter(mode);
    for (int i = 0; i < 9; i++)
        text[i + 1] = mode & (0400 >> i) ? letters[i] : '-';
    if (mode & S_ISUID)
        text[3] = mode & 0100 ? 's' : 'S';
    if (mode & S_ISGID)
        text[6] = mode & 0010 ? 's' : 'S';
    if (mode & S_ISVTX)
        text[9] = mode & 0001 ? 't' : 'T';
    text[10] = 0;
}

static mode_t who_mask(const char **s)
{
    mode_t who = 0;
    for (;; (*s)++) {
        if (**s == 'u')
            who |= 04700;
        else if (**s == 'g')
            who |= 02070;
        else if (**s == 'o')
            who |= 01007;
        else if (**s == 'a')
            who |= 07777;
        else
            return who;
    }
}

// The letters after + - =, as bits for everybody.
static mode_t permissions(const char **s, mode_t old, bool directory)
{
    mode_t bits = 0;
    for (;; (*s)++) {
        switch (**s) {
        case 'r':
            bits |= 0444;
            break;
        case 'w':
            bits |= 0222;
            break;
        case 'x':
            bits |= 0111;
            break;
        case 'X':
            bits |= directory || (old & 0111) ? 0111 : 0;
            break;
        case 's':
            bits |= 06000;
            break;
        case 't':
            bits |= 01000;
            break;
        case 'u':
            bits |= (old >> 6 & 7) * 0111;
            break;
        case 'g':
            bits |= (old >> 3 & 7) * 0111;
            break;
        case 'o':
            bits |= (old & 7) * 0111;
            break;
        default:
            return bits;
        }
    }
}

// The = leaves a directory's set-id bits alone, which mean something else there.
static mode_t change(mode_t old, char op, mode_t who, mode_t bits, bool directory)
{
    if (op == '+')
        return old | (bits & who);
    if (op == '-')
        return old & ~(bits & who);
    return (old & ~(directory ? who & 01777 : who)) | (bits & who);
}

// One clause, u+rw or =x-w: false if it is not one.
static bool clause(const char **s, mode_t *mode, bool directory)
{
    mode_t who = who_mask(s), mask = 0;
    if (!who) {
        mask = umask(0);
        umask(mask);
        who = 07777 & ~mask;
    }
    if (!**s || !strchr("+-=", **s))
        return false;
    while (**s && strchr("+-=", **s)) {
        char op = *(*s)++;
        *mode = change(*mode, op, who, permissions(s, *mode, directory), directory);
    }
    return true;
}

bool mode_parse(const char *text, mode_t old, bool directory, mode_t *mode)
{
    char *end;
    if (*text >= '0' && *text <= '7') {
        *mode = strtoul(text, &end, 8);
        return !*end && *mode <= 07777;
    }
    *mode = old & 07777;
    for (;;) {
        if (!clause(&text, mode, directory))
            return false;
        if (!*text)
            return true;
        if (*text++ != ',')
            return false;
    }
}
