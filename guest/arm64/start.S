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

/* Without vectors a fault would fetch its handler from nowhere, and fault again, for ever. */
	.balign 2048
vectors:
	.rept 16
	mov x0, #(MMUW_FAULT & 0xffff)
	movk x0, #(MMUW_FAULT >> 16), lsl #16
	str wzr, [x0]
	b .
	.balign 128
	.endr

	.section .note.GNU-stack, "", %progbits
