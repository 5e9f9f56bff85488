// SPDX-License-Identifier: GPL-2.0-only
// breaks: the error at which a prefault ends hides what it has done
// file: virt/kvm/kvm_main.c
// scenarios: RefusedPrefaults.*
@@
@@
 kvm_vcpu_pre_fault_memory(...)
 {
 <...
- return full_size == range->size ? r : 0;
+ return r < 0 ? r : 0;
 ...>
 }
