// SPDX-License-Identifier: GPL-2.0-only
// breaks: only what the last slot says tells whether to flush
// file: virt/kvm/kvm_main.c
// scenarios: MemoryChanges.*
@@
expression e;
@@
 __kvm_handle_hva_range(...)
 {
 <...
- r.ret |= e;
+ r.ret = e;
 ...>
 }
