// SPDX-License-Identifier: GPL-2.0-only
// breaks: a vCPU that has halted for a page is not told that it is there
// file: virt/kvm/async_pf.c
// survives: the vCPU sleeps for ever, and a page may take long: its scenarios are inconclusive
// scenarios: PostCopy.*:MemoryChanges.*page_out
@@
@@
 kvm_check_async_pf_completion(...)
 {
 <...
- kvm_arch_async_page_present(...);
 ...>
 }
