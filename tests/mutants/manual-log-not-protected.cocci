// SPDX-License-Identifier: GPL-2.0-only
// breaks: switching the log on write-protects nothing if it is manual, though not initially set
// file: arch/x86/kvm/x86.c
// scenarios: LogToggle.*:Turns.*
@@
identifier kvm;
@@
 kvm_mmu_slot_apply_flags(...)
 {
 <...
- kvm_dirty_log_manual_protect_and_init_set(kvm)
+ kvm->manual_dirty_log_protect
 ...>
 }
