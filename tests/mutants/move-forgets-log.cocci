// SPDX-License-Identifier: GPL-2.0-only
// breaks: moving a logged slot begins with an empty dirty bitmap
// file: virt/kvm/kvm_main.c
// scenarios: SlotMoves.*
@@
identifier old;
@@
 kvm_prepare_memory_region(...)
 {
 <...
- old && old->dirty_bitmap
+ old && old->dirty_bitmap && change != KVM_MR_MOVE
 ...>
 }
