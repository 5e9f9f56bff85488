# SPDX-License-Identifier: GPL-2.0-only
# The general registers only: the others are off.
set(payload_arch_options -msoft-float -mstrict-align -mcmodel=normal)
