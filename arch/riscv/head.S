/*
 * The first instructions: the image header that U-Boot's booti and QEMU know
 * (Linux, Documentation/arch/riscv/boot-image-header.rst), then the jump from
 * wherever the image was loaded into the upper half.
 *
 * Relies on: a0 = hart, a1 = device tree (physical), satp off, one hart only.
 * Everything before the jump is position independent: pc-relative, no pointers
 * out of memory but the one that is meant to be virtual.
 */
	.section .text.head, "ax"
	.globl _start
_start:
	.option push
	.option norvc			/* a compressed jump would shift every field */
	j	boot
	.word	0
	.option pop
	.dword	0x200000		/* load offset from a 2 MiB boundary */
	.dword	_end - _start		/* scripts/mkimage puts the whole image's size here */
	.dword	0			/* flags: little endian */
	.word	2			/* header version 0.2 */
	.word	0
	.dword	0
	.ascii	"RISCV\0\0\0"
	.ascii	"RSC\x05"
	.word	0

boot:
	csrw	sie, zero
	csrw	sip, zero
	csrw	satp, zero
	mv	s0, a0
	mv	s1, a1

	lla	t0, _bss_start
	lla	t1, _bss_end
1:	sd	zero, 0(t0)
	addi	t0, t0, 8
	bltu	t0, t1, 1b

	lla	sp, _stack_top
	lla	a0, _start
	mv	a1, s1
	call	early_map		/* a0: satp of the early page table */

	/*
	 * The fetch after the write to satp faults, as nothing is mapped where we
	 * run; the trap goes to stvec, which is mapped: that is the jump.
	 */
	lla	t0, upper_address
	ld	t0, 0(t0)
	csrw	stvec, t0
	sfence.vma
	csrw	satp, a0
	sfence.vma
2:	j	2b

	.balign 4
upper:
	lla	t0, trap_entry
	csrw	stvec, t0
	csrw	sscratch, zero		/* in the kernel */
	lla	sp, _stack_top
	mv	a0, s0
	mv	a1, s1
	mv	ra, zero
	mv	s0, zero
	tail	arch_start

	.balign 8
upper_address:
	.dword	upper
