// SPDX-License-Identifier: GPL-2.0-only
// breaks: the first word of the Hyper-V VP assist page, which KVM clears when the guest sets HV_X64_MSR_VP_ASSIST_PAGE, is not logged
// file: arch/x86/kvm/hyperv.c
// scenarios: *
// survives: Hyper-V's assist page
@@
@@
 kvm_hv_set_msr(...)
 {
 <...
- kvm_vcpu_mark_page_dirty(...);
 ...>
 }
