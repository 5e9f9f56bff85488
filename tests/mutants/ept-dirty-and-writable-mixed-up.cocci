// SPDX-License-Identifier: GPL-2.0-only
// breaks: where D is cleared W is, and the other way round
// host: x86_64-intel
// file: arch/x86/kvm/mmu/tdp_mmu.c
// scenarios: Turns.*:LogToggle.*:Race.*
// survives: a page that is write-protected is logged by its next fault, as where there is no PML; slower, and nobody promises more
@@
@@
 clear_dirty_pt_masked(...)
 {
 <...
- (wrprot || tdp_mmu_need_write_protect(root)) ? PT_WRITABLE_MASK : shadow_dirty_mask
+ (wrprot || tdp_mmu_need_write_protect(root)) ? shadow_dirty_mask : PT_WRITABLE_MASK
 ...>
 }
