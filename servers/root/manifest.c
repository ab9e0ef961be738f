/*
 * The manifest: who there is, and exactly which capabilities each one gets.
 *
 * A block of lines for each server; a line is a keyword and its words.  What the
 * words mean is data (the tables below).  A wrong manifest ends the boot with its
 * line's number: there is nobody to start the system differently.
 */
#include "servers/root/root.h"

struct word_list {
	const char *name;
	u32 value; /* bit set by the word */
};

static const struct word_list flags[] = {
	{"trusted", HAS_TRUSTED},
	{"ram", HAS_RAM},
	{"machine", HAS_MACHINE},
	{"uart", HAS_UART},
	{"uart-interrupt", HAS_INTERRUPT},
	{"table-read", HAS_TABLE_READ},
	{"table-write", HAS_TABLE_WRITE},
	{"rootfs", HAS_ROOTFS},
	{"initrd", HAS_INITRD},
	{"loader", HAS_LOADER},
	{"routes", HAS_ROUTES},
	{"seed", HAS_SEED},
	{"clock", HAS_CLOCK},
	{0, 0},
};
static const struct word_list types[] = {
	{"memory", 1u << OBJECT_MEMORY},     {"aspace", 1u << OBJECT_ASPACE},
	{"cspace", 1u << OBJECT_CSPACE},     {"thread", 1u << OBJECT_THREAD},
	{"endpoint", 1u << OBJECT_ENDPOINT}, {"session", 1u << OBJECT_SESSION},
	{"reply", 1u << OBJECT_REPLY},       {"notification", 1u << OBJECT_NOTIFICATION},
	{"timer", 1u << OBJECT_TIMER},       {0, 0},
};
#define RANK(identifier, name) {name, 1u << SERVER_ID_##identifier},
static const struct word_list ranks[] = {
	SERVER_LIST(RANK){0, 0},
};
#undef RANK
static const struct word_list policies[] = {
	{"never", POLICY_NEVER},
	{"requeue", POLICY_REQUEUE},
	{"fail", POLICY_FAIL},
	{0, 0},
};

/* Keywords: a number, or words of a list that are OR-ed, into the u32 at `field`. */
static const struct keyword {
	const char *name;
	const struct word_list *words; /* 0: a number */
	size_t field;
} keywords[] = {
	{"rank", 0, offsetof(struct manifest_entry, rank)},
	{"priority", 0, offsetof(struct manifest_entry, priority)},
	{"stack", 0, offsetof(struct manifest_entry, stack)},
	{"pool", 0, offsetof(struct manifest_entry, pool)},
	{"ceiling", 0, offsetof(struct manifest_entry, ceiling)},
	{"limit", 0, offsetof(struct manifest_entry, limit)},
	{"creates", types, offsetof(struct manifest_entry, creates)},
	{"calls", ranks, offsetof(struct manifest_entry, calls)},
	{"prints", ranks, offsetof(struct manifest_entry, calls)},
	{"hands", ranks, offsetof(struct manifest_entry, hands)},
	{"signals", ranks, offsetof(struct manifest_entry, signals)},
	{"has", flags, offsetof(struct manifest_entry, has)},
	{"restart", policies, offsetof(struct manifest_entry, restart)},
};

struct reader {
	const char *at, *end;
	u32 line;
	char word[20];
};

static struct manifest_entry entries[SERVER_IDS];
static u32 nentries;

__attribute__((noreturn)) static void fail(u32 line, const char *what)
{
	root_fail("manifest, at the line in brackets:", what, line);
}

/* The next word of the line to r->word; false at the line's end. */
static bool word_next(struct reader *r)
{
	u32 len = 0;

	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
		r->at++;
	if (r->at < r->end && *r->at == '#')
		while (r->at < r->end && *r->at != '\n')
			r->at++;
	while (r->at<r->end && * r->at> ' ' && len < sizeof(r->word) - 1)
		r->word[len++] = *r->at++;
	r->word[len] = 0;
	if (r->at<r->end && * r->at> ' ')
		fail(r->line, "word too long");
	return len > 0;
}

static void line_next(struct reader *r)
{
	while (r->at < r->end && *r->at != '\n')
		r->at++;
	if (r->at < r->end)
		r->at++;
	r->line++;
}

static u32 number_read(struct reader *r)
{
	u32 value = 0;

	if (!word_next(r))
		fail(r->line, "number missing");
	for (const char *p = r->word; *p; p++) {
		if (*p < '0' || *p > '9' || value > 100000)
			fail(r->line, "not a number");
		value = value * 10 + (u32)(*p - '0');
	}
	return value;
}

static u32 words_read(struct reader *r, const struct word_list *words)
{
	u32 value = 0;

	while (word_next(r)) {
		const struct word_list *w = words;
		while (w->name && strcmp(w->name, r->word))
			w++;
		if (!w->name)
			fail(r->line, "unknown word");
		value |= w->value;
	}
	return value;
}

static void keyword_read(struct reader *r)
{
	struct manifest_entry *e;

	if (!nentries)
		fail(r->line, "no server named yet");
	e = &entries[nentries - 1];
	for (u32 i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		const struct keyword *k = &keywords[i];
		u32 *field = (void *)((u8 *)e + k->field);
		if (strcmp(k->name, r->word))
			continue;
		*field |= k->words ? words_read(r, k->words) : number_read(r);
		if (word_next(r))
			fail(r->line, "too many words");
		return;
	}
	fail(r->line, "unknown keyword");
}

/* A name that is in no SERVER_LIST is an unknown word. */
static void entry_begin(struct reader *r)
{
	if (nentries == SERVER_IDS)
		fail(r->line, "too many servers");
	if (!word_next(r) || strlen(r->word) >= sizeof(entries[0].name))
		fail(r->line, "bad name");
	entries[nentries].line = r->line;
	string_copy(entries[nentries++].name, r->word, sizeof(entries[0].name));
}

/* What no single line shows. */
static void entry_check(const struct manifest_entry *e)
{
	u32 rank = words_read(
		&(struct reader){.at = e->name, .end = e->name + strlen(e->name), .line = e->line},
		ranks);

	if (e->rank >= SERVER_IDS || rank != 1u << e->rank)
		fail(e->line, "rank is not the name's");
	if (e->calls >> e->rank)
		fail(e->line, "calls its own rank or above");
	if (!e->stack || !e->pool || !e->priority)
		fail(e->line, "stack, pool or priority missing");
	if (e->priority >= PRIORITY_ROOT || e->ceiling >= PRIORITY_SERVER)
		fail(e->line, "priority too high");
	for (const struct manifest_entry *o = entries; o < e; o++)
		if (o->rank >= e->rank)
			fail(e->line, "not in the order of ranks");
}

void manifest_read(const char *text, u64 len)
{
	struct reader r = {.at = text, .end = text + len, .line = 1};

	for (; r.at < r.end; line_next(&r)) {
		if (!word_next(&r))
			continue;
		if (!strcmp(r.word, "server"))
			entry_begin(&r);
		else
			keyword_read(&r);
	}
	for (u32 i = 0; i < nentries; i++)
		entry_check(&entries[i]);
	if (!manifest_find(SERVER_ID_MEMORY))
		fail(r.line, "no memory server");
}

const struct manifest_entry *manifest_find(u32 rank)
{
	for (u32 i = 0; i < nentries; i++)
		if (entries[i].rank == rank)
			return &entries[i];
	return 0;
}
