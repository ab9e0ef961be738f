/*
 * The loader's course: script lines, the program, its interpreter, the stack, commit.
 */
#include "ipc/proto/slots.h"
#include "servers/loader/loader.h"

#define SCRIPTS_MAX 5u               /* as Linux */
#define PROGRAM_BASE 0x2000000000ull /* of position-independent programs */
#define PROCESS (SLOT_FIXED + FIXED_PROCESS)

/* The last call of an exec.  If it comes back it is for the next one, in another space, where
 * nothing is left of this one: from the first instruction on. */
__attribute__((noreturn)) static void end(s32 label, const u64 word[6])
{
	register u64 a0 __asm__("a0") = word[0];
	register u64 a1 __asm__("a1") = word[1];
	register u64 a2 __asm__("a2") = word[2];
	register u64 a3 __asm__("a3") = word[3];
	register u64 a4 __asm__("a4") = word[4];
	register u64 a5 __asm__("a5") = word[5];
	register u64 a6 __asm__("a6") = PROCESS;
	register s64 a7 __asm__("a7") = OP_CALL;
	register u64 t0 __asm__("t0") = (u32)label;
	register u64 t1 __asm__("t1") = 0;
	register u64 t2 __asm__("t2") = 0;
	register u64 t3 __asm__("t3") = 0;

	__asm__ volatile("ecall\n"
			 "	j	_start"
			 :
			 : "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a6), "r"(a7),
			   "r"(t0), "r"(t1), "r"(t2), "r"(t3)
			 : "memory");
	__builtin_unreachable();
}

void fail(s64 error)
{
	end(PROC_LOADER_FAIL, (const u64[6]){(u64)error});
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
	u64 word[6];

	s = scripts_open(s);
	moved = s != (void *)(u64)start;
	image_load(&program, &beginning, FILE_DESCRIPTOR, PROGRAM_BASE);
	interpreter = interpreter_load(&program);
	word[0] = interpreter ? interpreter->entry : program.entry;
	word[2] = program.end;
	word[3] = s->strings;
	word[4] = environment_at(s);
	word[5] = s->execfn;
	word[1] = stack_build(s, &program, interpreter) | moved;
	end(PROC_LOADER_COMMIT, word);
}
