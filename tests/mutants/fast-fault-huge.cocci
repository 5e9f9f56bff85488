// SPDX-License-Identifier: GPL-2.0-only
// breaks: the fast path of the fault makes a huge SPTE writable although the log is on
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.eager_page_split=0
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
@@
 fast_page_fault(...)
 {
 <...
- sp->role.level > PG_LEVEL_4K
+ sp->role.level > PG_LEVEL_1G
 ...>
 }
