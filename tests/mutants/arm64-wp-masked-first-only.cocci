// SPDX-License-Identifier: GPL-2.0-only
// breaks: of the pages to protect for the log the first is
// file: arch/arm64/kvm/mmu.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 kvm_arch_mmu_enable_log_dirty_pt_masked(...)
 {
 <...
- __fls(mask)
+ __ffs(mask)
 ...>
 }
