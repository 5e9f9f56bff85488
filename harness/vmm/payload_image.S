/* SPDX-License-Identifier: GPL-2.0-only */
	.section .rodata
	.globl mmuw_payload_begin
	.globl mmuw_payload_end
	.balign 16
mmuw_payload_begin:
	.incbin MMUW_PAYLOAD
mmuw_payload_end:
	.section .note.GNU-stack, "", %progbits
