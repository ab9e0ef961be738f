// Names of users and groups, read from /etc/passwd and /etc/group directly.
#include <stdlib.h>
#include <string.h>

#include "tool.h"

struct database {
    const char *path;
    char *text; // NULL until read; empty if there is no file
};

static struct database users = {"/etc/passwd", NULL}, groups = {"/etc/group", NULL};

static const char *first_line(struct database *d)
{
    if (!d->text)
        d->text = io_read_file(d->path, NULL);
    if (!d->text)
        d->text = tool_strdup("");
    return d->text;
}

static const char *next_line(const char *line)
{
    const char *nl = strchr(line, '\n');
    return nl ? nl + 1 : line + strlen(line);
}

// name:password:number:...
static bool line_number(const char *line, unsigned *number)
{
    const char *colon = strchr(line, ':');
    colon = colon ? strchr(colon + 1, ':') : NULL;
    if (!colon || colon > next_line(line))
        return false;
    *number = strtoul(colon + 1, NULL, 10);
    return true;
}

static const char *name_of(struct database *d, unsigned number, char *buffer)
{
    for (const char *line = first_line(d); *line; line = next_line(line)) {
        unsigned found;
        size_t n = strcspn(line, ":\n");
        if (!line_number(line, &found) || found != number || n > 31)
            continue;
        memcpy(buffer, line, n);
        buffer[n] = 0;
        return buffer;
    }
    snprintf(buffer, 32, "%u", number);
    return buffer;
}

static bool number_of(struct database *d, const char *name, unsigned *number)
{
    char *end;
    size_t n = strlen(name);
    for (const char *line = first_line(d); *line; line = next_line(line))
        if (strncmp(line, name, n) == 0 && line[n] == ':')
            return line_number(line, number);
    *number = strtoul(name, &end, 10);
    return *name && !*end;
}

const char *user_name(uid_t uid, char *buffer)
{
    return name_of(&users, uid, buffer);
}

const char *group_name(gid_t gid, char *buffer)
{
    return name_of(&groups, gid, buffer);
}

const char *user_home(uid_t uid, char *buffer, size_t size)
{
    for (const char *line = first_line(&users); *line; line = next_line(line)) {
        unsigned found;
        const char *field = line;
        if (!line_number(line, &found) || found != uid)
            continue;
        for (int colons = 0; colons < 5 && *field && *field != '\n'; field++)
            colons += *field == ':';
        snprintf(buffer, size, "%.*s", (int)strcspn(field, ":\n"), field);
        return buffer;
    }
    snprintf(buffer, size, "/");
    return buffer;
}

bool user_number(const char *text, uid_t *uid)
{
    return number_of(&users, text, uid);
}

bool group_number(const char *text, gid_t *gid)
{
    return number_of(&groups, text, gid);
}
