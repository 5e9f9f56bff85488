// SPDX-License-Identifier: GPL-2.0-only
// breaks: the bitmap of a slot whose creation fails is not freed
// undoes: "KVM: Free new dirty bitmap if creating a new memslot fails"
// file: virt/kvm/kvm_main.c
// scenarios: SlotMemory.*
@@
@@
 kvm_prepare_memory_region(...)
 {
 <...
- (!old || !old->dirty_bitmap)
+ (old && !old->dirty_bitmap)
 ...>
 }
