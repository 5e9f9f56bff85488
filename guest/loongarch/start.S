/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry of every vCPU: PLV0, direct addresses, interrupts off, $a0 = its struct Control.
 */
#include "loongarch/doorbell.h"

	.option norelax			/* gas cannot align to a page what the linker may shorten */
	.section .text.start, "ax"
	.globl start
start:
	la.pcrel $t0, exception
	csrwr $t0, 0xc			/* EENTRY: one for all, as ECFG.VS is 0 */
	ld.d $sp, $a0, 0		/* Control.stack_top */
	move $fp, $zero
	move $ra, $zero
	bl payload_main
	break 0

/* Without an entry an exception would go to address 0, fail there, and so on for ever. */
	.balign 4096
exception:
	li.w $t0, MMUW_FAULT
	iocsrwr.w $zero, $t0
	b exception

	.section .note.GNU-stack, "", %progbits
