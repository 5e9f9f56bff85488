/* SPDX-License-Identifier: GPL-2.0-only */
/* What an ftrace callback may ask of the registers, over kernel versions. */
#ifndef _MMUWITNESS_FREGS_H
#define _MMUWITNESS_FREGS_H

#include <linux/ftrace.h>

/* From a function's address to the patched call in it: ENDBR or BTI at most. */
#define MMUW_MAX_PROLOGUE 16

/* Macros on x86 and since 6.13, inline functions of arm64's before. */
#if defined(ftrace_regs_get_argument) ||				\
	(defined(CONFIG_ARM64) && defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS))
#define MMUW_FTRACE_FLAGS 0
#define mmuw_fregs_argument(fregs, n) ftrace_regs_get_argument(fregs, n)
#define mmuw_fregs_ip(fregs) ftrace_regs_get_instruction_pointer(fregs)
#define mmuw_fregs_set_ip(fregs, ip) ftrace_regs_set_instruction_pointer(fregs, ip)
#else
/* Without the accessors full registers are what every kernel can give. */
#define MMUW_FTRACE_FLAGS FTRACE_OPS_FL_SAVE_REGS
#define mmuw_fregs_argument(fregs, n) \
	regs_get_kernel_argument(ftrace_get_regs(fregs), n)
#define mmuw_fregs_ip(fregs) instruction_pointer(ftrace_get_regs(fregs))
#define mmuw_fregs_set_ip(fregs, ip) ftrace_instruction_pointer_set(fregs, ip)
#endif

#endif /* _MMUWITNESS_FREGS_H */
