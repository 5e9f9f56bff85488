// SPDX-License-Identifier: GPL-2.0-only
// breaks: KVM_CLEAR_DIRTY_LOG of a later part clears bits of the slot's first words
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*
@@
@@
 kvm_clear_dirty_log_protect(...)
 {
 <...
- atomic_long_t *p = (atomic_long_t *) &dirty_bitmap[i];
+ atomic_long_t *p = (atomic_long_t *) &dirty_bitmap[i - log->first_page / BITS_PER_LONG];
 ...>
 }
