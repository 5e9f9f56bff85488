// SPDX-License-Identifier: GPL-2.0-only
// breaks: clear_young of a range ages its first page only
// file: virt/kvm/kvm_main.c
// scenarios: *
@@
identifier mn, start, end;
@@
 kvm_mmu_notifier_clear_young(...)
 {
 <...
- return kvm_handle_hva_range_no_flush(mn, start, end, kvm_age_gfn);
+ return kvm_handle_hva_range_no_flush(mn, start, start + 1, kvm_age_gfn);
 ...>
 }
