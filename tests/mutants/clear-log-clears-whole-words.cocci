// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_CLEAR_DIRTY_LOG clears all bits of a word that has one to clear
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*
@@
expression mask, p;
@@
- mask &= atomic_long_fetch_andnot(mask, p);
+ mask &= atomic_long_fetch_andnot(~0UL, p);
