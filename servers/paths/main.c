/* The table of cases, and the director that goes through it. */
#include "servers/paths/paths.h"

static const struct test_case *const groups[] = {
	native_cases,   turn_cases, capability_cases, given_cases,  window_cases,
	delivery_cases, seen_cases, fault_cases,      method_cases, death_cases,
	second_cases,   pass_cases, text_cases,       routed_cases};
static bool slow;
static const char *shown; /* of that case everything is printed */

static u64 fast_entries(enum paths_wanted wanted)
{
	struct method_call m = {.label = MACHINE_PATHS, .word = {wanted}};

	method_do(SLOT_MACHINE, &m);
	return m.word[1];
}

static void run(const struct test_case *c)
{
	bool show = shown && !strcmp(shown, c->name);
	u64 before;

	world_default();
	c->setup();
	world_make();
	steps_aloud = show;
	before = fast_entries(slow ? PATHS_SLOW : PATHS_BOTH);
	world_start();
	before = fast_entries(PATHS_BOTH) - before;
	call0(SLOT_MACHINE, MACHINE_CHECK);
	steps_print(c->name, show);
	world_end();
	server_print("case %s wanted %u fast %lu\n", c->name, slow ? 0 : c->fast + !the.cold,
		     before);
}

static void direct(void)
{
	for (u32 i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		for (const struct test_case *c = groups[i]; c->name; c++)
			run(c);
	server_print("paths: done\n");
	call0(SLOT_MACHINE, MACHINE_OFF);
	park();
}

/* No address space of a case has an identifier of its own. */
static void share_identifiers(void)
{
	struct method_call m = {.label = MACHINE_PATHS, .word = {PATHS_KEEP, PATHS_NO_IDENTIFIERS}};

	method_do(SLOT_MACHINE, &m);
}

/* What follows `word` in the line, or null. */
static const char *said(const char *line, const char *word)
{
	for (; *line; line++)
		if (!strncmp(line, word, strlen(word)))
			return line + strlen(word);
	return 0;
}

/* The command line may say "slow": the kernel is held to the slow path; "shared": address spaces
 * have no identifiers; "show=NAME": all of that case is printed. */
void server_main(const struct start_info *start)
{
	const struct boot_info *boot = (const void *)start;
	static char line[512];

	string_copy(line, boot->command_line, sizeof(line));
	slow = said(line, "slow");
	shown = said(line, "show=");
	world_init(boot);
	if (said(line, "shared"))
		share_identifiers();
	world_director(direct);
}
