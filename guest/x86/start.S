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
 * try_write(), and those by which KVM tells of a page that has to come; without handlers any would
 * be a triple fault, after which kvm_amd resets the vCPU: nothing is left to ask. They hand over in
 * %rax the vector, in %rcx and %rsi what was pushed (error code and %rip, or %rip and %cs).
 */
	.org MMUW_HANDLERS
	.set vector, 0
	.rept MMUW_EXCEPTIONS
	pushq %rax
	movl $vector, %eax
	jmp exception
	.balign MMUW_HANDLER_BYTES
	.set vector, vector + 1
	.endr
exception:
	pushq %rcx
	cmpl $14, %eax			/* a page fault, with an error code below %rip */
	jne unexpected
	movq %rsp, %rcx
	andq $-MMUW_VCPU_BYTES, %rcx
	addq $MMUW_ASYNC_FAULTS, %rcx
	cmpl $0, MMUW_ABSENT(%rcx)
	jne absent
	testq $0x3c, 16(%rsp)		/* no user's, no reserved bits, no fetch, no keys */
	jnz unexpected
	leaq try_read(%rip), %rcx
	cmpq %rcx, 24(%rsp)
	je refuse
	leaq try_write(%rip), %rcx
	cmpq %rcx, 24(%rsp)
	jne unexpected
refuse:
	leaq refused(%rip), %rcx
	movq %rcx, 24(%rsp)
resume:
	popq %rcx
	popq %rax
	addq $8, %rsp
	iretq
unexpected:
	popq %rcx
	popq %rcx			/* %rax */
	popq %rcx
	popq %rsi
	movl $MMUW_FAULT, %edx
	outb %al, %dx
	jmp .

	/* KVM's: a page has to come; its token is in %cr2. try_read() goes on without it. */
absent:
	movl $0, MMUW_ABSENT(%rcx)
	movq %cr2, %rax
	incq MMUW_TOLD(%rcx)
	addq %rax, MMUW_TOLD_SUM(%rcx)
	pushq %rdx
	leaq try_read(%rip), %rdx
	cmpq %rdx, 32(%rsp)
	popq %rdx
	je refuse
	/* What else was interrupted waits, for this page or for all. */
	pushq %rdx
	pushq %rsi
	movl %eax, %esi
1:	pause
	movl MMUW_PRESENT(%rcx), %eax
	testl %eax, %eax
	jz 1b
	movl $0, MMUW_PRESENT(%rcx)
	incq MMUW_TAKEN(%rcx)
	addq %rax, MMUW_TAKEN_SUM(%rcx)
	pushq %rax
	pushq %rcx
	movl $MMUW_PAGE_TAKEN, %ecx
	movl $1, %eax
	xorl %edx, %edx
	wrmsr
	popq %rcx
	popq %rax
	cmpl %esi, %eax
	je 2f
	cmpl $-1, %eax
	jne 1b
	movq MMUW_TOLD(%rcx), %rax
	movq %rax, MMUW_TAKEN(%rcx)
	movq MMUW_TOLD_SUM(%rcx), %rax
	movq %rax, MMUW_TAKEN_SUM(%rcx)
2:	popq %rsi
	popq %rdx
	jmp resume

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
