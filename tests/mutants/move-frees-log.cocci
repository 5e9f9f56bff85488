// SPDX-License-Identifier: GPL-2.0-only
// breaks: moving a logged slot frees the bitmap that goes on being used
// file: virt/kvm/kvm_main.c
// scenarios: *
@@
identifier old, new;
@@
 kvm_commit_memory_region(...)
 {
 <...
- old->dirty_bitmap && !new->dirty_bitmap
+ old->dirty_bitmap
 ...>
 }
