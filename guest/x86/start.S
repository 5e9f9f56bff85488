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
 * Handlers for exceptions. The payload expects none but the page faults of try_read() and
 * try_write(); without handlers any would be a triple fault, after which kvm_amd resets the
 * vCPU: nothing is left to ask. They hand over in %rax the vector, in %rcx and %rsi what was
 * pushed (error code and %rip, or %rip and %cs).
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
	cmpl $14, %eax			/* a page fault, with an error code below %rip: */
	jne unexpected
	testq $0x3c, (%rsp)		/* no user's, no reserved bits, no fetch, no keys */
	jnz unexpected
	leaq try_read(%rip), %rcx
	cmpq %rcx, 8(%rsp)
	je refuse
	leaq try_write(%rip), %rcx
	cmpq %rcx, 8(%rsp)
	jne unexpected
refuse:
	leaq refused(%rip), %rcx
	movq %rcx, 8(%rsp)
	addq $8, %rsp
	iretq
unexpected:
	popq %rcx
	popq %rsi
	movl $MMUW_FAULT, %edx
	outb %al, %dx
	jmp .

/*
 * struct Tried try_read(address), try_write(address, value): accesses that page tables may refuse.
 * Their first instruction is the access.
 */
	.globl try_read
try_read:
	movq (%rdi), %rax
	movl $1, %edx
	ret

	.globl try_write
try_write:
	movq %rsi, (%rdi)
	xorl %eax, %eax
	movl $1, %edx
	ret

refused:
	xorl %eax, %eax
	xorl %edx, %edx
	ret

	.section .note.GNU-stack, "", @progbits
