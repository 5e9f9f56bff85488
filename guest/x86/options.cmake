# SPDX-License-Identifier: GPL-2.0-only
set(payload_arch_options -mgeneral-regs-only -mno-red-zone -fcf-protection=none)
