// SPDX-License-Identifier: GPL-2.0-only
// breaks: whether the root is valid is checked before room is made for page tables
// undoes: "KVM: x86: Check for invalid/obsolete root *after* making MMU pages available" (6.12.101, CVE-2026-64561)
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm.tdp_mmu=0
// scenarios: *sparse*
@@
@@
 direct_page_fault(...)
 {
 ...
- r = make_mmu_pages_available(vcpu);
- if (r) goto out_unlock;
- if (is_page_fault_stale(vcpu, fault)) { r = RET_PF_RETRY; goto out_unlock; }
+ if (is_page_fault_stale(vcpu, fault)) { r = RET_PF_RETRY; goto out_unlock; }
+ r = make_mmu_pages_available(vcpu);
+ if (r) goto out_unlock;
 ...
 }
