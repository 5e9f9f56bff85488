/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry of every vCPU: 64-bit mode, paging on, interrupts off, %rdi = its struct Control.
 */
#include "x86/doorbell.h"

	.section .text.start, "ax"
	.globl start
start:
	movq (%rdi), %rsp		/* Control.stack_top */
	xorl %ebp, %ebp
	call payload_main
	ud2

/*
 * Handlers for exceptions. The payload expects none; without handlers any would be a triple
 * fault, after which kvm_amd resets the vCPU: nothing is left to ask. They hand over in
 * %rax the vector, in %rcx and %rsi what was pushed (error code and %rip, or %rip and %cs).
 */
	.org MMUW_HANDLERS
	.set vector, 0
	.rept MMUW_EXCEPTIONS
	movl $vector, %eax
	jmp exception
	.balign MMUW_HANDLER_BYTES
	.set vector, vector + 1
	.endr
exception:
	popq %rcx
	popq %rsi
	movl $MMUW_FAULT, %edx
	outb %al, %dx
	jmp .

	.section .note.GNU-stack, "", @progbits
