/*
 * The loader's course: script lines, the program, its interpreter, the stack, commit.
 */
#include "ipc/proto/slots.h"
#include "servers/loader/loader.h"

#define SCRIPTS_MAX 5u               /* as Linux */
#define PROGRAM_BASE 0x2000000000ull /* of position-independent programs */
#define PROCESS (SLOT_FIXED + FIXED_PROCESS)

void fail(s64 error)
{
	struct message m = {.word = {(u64)error}, .label = PROC_LOADER_FAIL};

	for (;;)
		msg_call(PROCESS, &m); /* does not come back */
}

static struct beginning beginning;

static struct loader_start *scripts_open(struct loader_start *s)
{
	for (u32 depth = 0;; depth++) {
		file_begin(&beginning, FILE_DESCRIPTOR);
		if (!script_open(&s, (const char *)beginning.bytes,
				 beginning.len < HEAD_BYTES ? beginning.len : HEAD_BYTES))
			return s;
		if (depth == SCRIPTS_MAX)
			fail(-ELOOP);
	}
}

/* The dynamic linker of a program that names one. */
static const struct image *interpreter_load(const struct image *program)
{
	static struct image image;
	u32 descriptor;

	if (!program->interpreter[0])
		return 0;
	descriptor = (u32)must(file_open(program->interpreter));
	file_begin(&beginning, descriptor);
	image_load(&image, &beginning, descriptor, 0);
	file_close(descriptor);
	return &image;
}

/* start.S calls it with what a0 held: the address of struct loader_start. */
void server_main(const struct start_info *start)
{
	static struct image program;
	struct loader_start *s = (void *)(u64)start;
	const struct image *interpreter;
	bool moved;
	struct message m = {.label = PROC_LOADER_COMMIT};

	s = scripts_open(s);
	moved = s != (void *)(u64)start;
	image_load(&program, &beginning, FILE_DESCRIPTOR, PROGRAM_BASE);
	interpreter = interpreter_load(&program);
	m.word[0] = interpreter ? interpreter->entry : program.entry;
	m.word[2] = program.end;
	m.word[3] = s->strings;
	m.word[4] = environment_at(s);
	m.word[5] = s->execfn;
	m.word[1] = stack_build(s, &program, interpreter) | moved;
	for (;;)
		msg_call(PROCESS, &m); /* does not come back */
}
