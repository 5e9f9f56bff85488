// SPDX-License-Identifier: GPL-2.0-only
// breaks: of the pages to protect for the log the last is not
// file: arch/arm64/kvm/mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 kvm_arch_mmu_enable_log_dirty_pt_masked(...)
 {
 <...
- base_gfn + __fls(mask) + 1
+ base_gfn + __fls(mask)
 ...>
 }
