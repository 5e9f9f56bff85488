/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry of every vCPU: 64-bit mode, paging on, interrupts off, no IDT, %rdi = its struct Control.
 */
	.section .text.start, "ax"
	.globl start
start:
	movq (%rdi), %rsp		/* Control.stack_top */
	xorl %ebp, %ebp
	call payload_main
	ud2

	.section .note.GNU-stack, "", @progbits
