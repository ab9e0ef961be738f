/*
 * #! files: the interpreter takes the file's place, and the arguments grow at the front.
 *
 *   #!interpreter one-argument     argv: interpreter, one-argument, path, argv[1] ...
 *
 * The new strings are put just below the second argument's, over the first one, so
 * that all arguments stay in one piece.
 */
#include "servers/loader/loader.h"

u64 string_skip(const struct loader_start *s, u64 at)
{
	const char *end = (const char *)(s->strings + s->strings_len);
	const char *p = (const char *)at;

	while (p < end && *p)
		p++;
	if (p >= end)
		fail(-EFAULT);
	return (u64)p + 1;
}

static void argument_prepend(struct loader_start *s, const char *text, u64 len)
{
	u64 end = s->strings + s->strings_len;

	s->strings -= len + 1;
	s->strings_len = end - s->strings;
	s->stack = s->strings;
	memcpy((char *)s->strings, text, len);
	((char *)s->strings)[len] = 0;
	s->argc++;
}

static void argument_drop(struct loader_start *s)
{
	u64 next = string_skip(s, s->strings);

	s->strings_len -= next - s->strings;
	s->strings = next;
	s->argc--;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct word {
	const char *at;
	u64 len;
};

/* The next word of [*at, end); `rest`: up to the line's end, blanks there left out. */
static struct word word_next(const char **at, const char *end, bool rest)
{
	struct word w;
	const char *p = *at;

	while (p < end && is_blank(*p))
		p++;
	w.at = p;
	while (p < end && (rest || !is_blank(*p)))
		p++;
	*at = p;
	while (p > w.at && is_blank(p[-1]))
		p--;
	w.len = (u64)(p - w.at);
	return w;
}

static const char *line_end(const char *head, u64 len)
{
	for (u64 i = 0; i < len; i++)
		if (head[i] == '\n' || head[i] == 0)
			return head + i;
	if (len == HEAD_BYTES)
		fail(-ENOEXEC); /* the name may be cut */
	return head + len;
}

bool script_open(struct loader_start **start, const char *head, u64 len)
{
	static struct loader_start copy RARE; /* of what lies where the arguments grow to */
	static char path[HEAD_BYTES] RARE;
	static const char *previous RARE;
	struct loader_start *s = &copy;
	const char *at = head + 2, *end;
	struct word interpreter, argument;

	if (len < 2 || head[0] != '#' || head[1] != '!')
		return false;
	end = line_end(head, len);
	interpreter = word_next(&at, end, false);
	argument = word_next(&at, end, true);
	if (!interpreter.len)
		fail(-ENOEXEC);
	if (!previous)
		copy = **start;
	*start = s;
	/* The file that was a script: the path of exec, or of the interpreter before. */
	if (!previous)
		previous = (const char *)s->execfn;
	argument_drop(s);
	argument_prepend(s, previous, strlen(previous));
	if (argument.len)
		argument_prepend(s, argument.at, argument.len);
	argument_prepend(s, interpreter.at, interpreter.len);
	memcpy(path, interpreter.at, interpreter.len);
	path[interpreter.len] = 0;
	previous = path;
	must(file_replace((u32)must(file_open(path))));
	return true;
}
