// SPDX-License-Identifier: GPL-2.0-only
// breaks: an invalidation that begins before a slot is not clipped to it
// file: virt/kvm/kvm_main.c
// scenarios: *
@@
identifier hva_start, range, slot;
@@
 __kvm_handle_hva_range(...)
 {
 <...
- hva_start = max_t(unsigned long, range->start, slot->userspace_addr);
+ hva_start = range->start;
 ...>
 }
