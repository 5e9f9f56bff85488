// SPDX-License-Identifier: GPL-2.0-only
// breaks: the slot the VM used last stays the replaced, freed one
// file: virt/kvm/kvm_main.c
// scenarios: KvmWrites.*
@@
identifier old, new, slots;
@@
 kvm_replace_memslot(...)
 {
 <...
- if ((long)old == atomic_long_read(&slots->last_used_slot))
-   atomic_long_set(&slots->last_used_slot, (long)new);
 ...>
 }
