# SPDX-License-Identifier: GPL-2.0-only
# Inline atomics: the helpers that choose between LL/SC and LSE have data of their own.
set(payload_arch_options -mgeneral-regs-only -mno-outline-atomics -mbranch-protection=none
  -mstrict-align)
