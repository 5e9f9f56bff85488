// SPDX-License-Identifier: GPL-2.0-only
// breaks: a change of the memslots does not advance their generation: MMIO SPTEs of before stay valid
// file: virt/kvm/kvm_main.c
// scenarios: *lot*:*MemoryChanges*
@@
expression kvm;
@@
 kvm_swap_active_memslots(...)
 {
 <...
- gen += kvm_arch_nr_memslot_as_ids(kvm);
 ...>
 }
