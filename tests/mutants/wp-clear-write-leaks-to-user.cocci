// SPDX-License-Identifier: GPL-2.0-only
// breaks: a read-only user page that the guest kernel has written with CR0.WP clear becomes writable for user code that runs with WP clear (shadow paging)
// file: arch/x86/kvm/mmu/paging_tmpl.h
// append: kvm_amd.npt=0
// scenarios: *
// survives: the guest has no user code, and never clears CR0.WP
@@
@@
- walker.pte_access &= ~ACC_USER_MASK;
