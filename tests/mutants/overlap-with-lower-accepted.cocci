// SPDX-License-Identifier: GPL-2.0-only
// breaks: a slot that overlaps the end of a lower one is accepted if a higher one exists
// file: include/linux/kvm_host.h
// scenarios: RefusedSlots.*
@@
identifier tmp, iter;
@@
 kvm_memslot_iter_start(...)
 {
 <...
- if (tmp) iter->node = tmp;
+ ;
 ...>
 }
