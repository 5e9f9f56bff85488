// SPDX-License-Identifier: GPL-2.0-only
// breaks: a look at the accessed bit clears it
// file: virt/kvm/kvm_main.c
// scenarios: *Monitored*
@@
@@
 kvm_mmu_notifier_test_young(...)
 {
 <...
- kvm_test_age_gfn
+ kvm_age_gfn
 ...>
 }
