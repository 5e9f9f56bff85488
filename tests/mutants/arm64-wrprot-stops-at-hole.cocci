// SPDX-License-Identifier: GPL-2.0-only
// breaks: write-protection ends at the first page that is not mapped
// file: arch/arm64/kvm/hyp/pgtable.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 kvm_pgtable_stage2_wrprotect(...)
 {
 <...
- KVM_PGTABLE_WALK_IGNORE_EAGAIN
+ 0
 ...>
 }
