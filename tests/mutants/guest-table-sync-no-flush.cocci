// SPDX-License-Identifier: GPL-2.0-only
// breaks: an SPTE that is dropped or loses its rights because the guest has changed a page table is not flushed on other CPUs: a later invalidation or write-protection of the page finds nothing to flush (shadow paging)
// fix: KVM: X86: Fix missed remote tlb flush in rmap_write_protect()
// file: arch/x86/kvm/mmu/mmu.c
// append: kvm_amd.npt=0
// scenarios: *
@@
identifier flush, ret;
@@
 __kvm_sync_page(...)
 {
 <...
- if (ret < -1) return -1;
- flush |= ret;
+ if (ret < 0)
+	return -1;
 ...>
 }
