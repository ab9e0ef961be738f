/*
 * The first instruction of every server: a0 = its start page, sp = its stack.
 *
 * Who starts the thread sets sp; if it is 0 the stack ends at the start page, as
 * ipc/proto/start.h lays it out.  Weak: root and the loader, which get something
 * else in a0, may bring their own.  gp is not used: nothing defines
 * __global_pointer$, so the linker relaxes nothing against it.
 */
	.section .text.start, "ax"
	.weak	_start
	.type	_start, @function
_start:
	bnez	sp, 1f
	mv	sp, a0
1:	andi	sp, sp, -16
	li	ra, 0
	li	s0, 0
	call	server_main
	ebreak
	.size	_start, . - _start
