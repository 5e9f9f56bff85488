/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry of every vCPU: EL1h, MMU on, interrupts masked, x0 = its struct Control.
 */
#include "arm64/doorbell.h"

	.section .text.start, "ax"
	.globl start
start:
	adr x1, vectors
	msr vbar_el1, x1
	isb
	ldr x1, [x0]			/* Control.stack_top */
	mov sp, x1
	mov x29, xzr
	mov x30, xzr
	bl payload_main
	udf #0

/*
 * Without vectors a fault would fetch its handler from nowhere, and fault again, for ever. Expected
 * are those of try_read() and try_write(): synchronous, of this exception level.
 */
	.balign 2048
vectors:
	.set vector, 0
	.rept 16
	.if vector == 4
	mrs x2, esr_el1
	ubfx x3, x2, #26, #6		/* EC: a data abort of this exception level ... */
	cmp x3, #0x25
	b.ne 1f
	and x2, x2, #0x3f		/* DFSC: ... translation, access flag, permission */
	sub x2, x2, #4
	cmp x2, #12
	b.hs 1f
	mrs x2, elr_el1
	adr x3, try_read
	cmp x2, x3
	b.eq refuse
	adr x3, try_write
	cmp x2, x3
	b.eq refuse
1:
	.endif
	mov x0, #(MMUW_FAULT & 0xffff)
	movk x0, #(MMUW_FAULT >> 16), lsl #16
	str wzr, [x0]
	b .
	.balign 128
	.set vector, vector + 1
	.endr

/*
 * struct Tried try_read(address), try_write(address, value): accesses that page tables may refuse.
 * Their first instruction is the access.
 */
	.globl try_read
try_read:
	ldr x0, [x0]
	mov x1, #1
	ret

	.globl try_write
try_write:
	str x1, [x0]
	mov x0, xzr
	mov x1, #1
	ret

refuse:
	adr x2, refused
	msr elr_el1, x2
	eret
refused:
	mov x0, xzr
	mov x1, xzr
	ret

	.section .note.GNU-stack, "", %progbits
