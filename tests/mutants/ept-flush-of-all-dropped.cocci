// SPDX-License-Identifier: GPL-2.0-only
// breaks: a flush of all EPT contexts does nothing
// host: x86_64-intel
// file: arch/x86/kvm/vmx/vmx.c
// scenarios: Turns.*:MemoryChanges.*:SlotChange.*
// survives: the emulated CPU (Bochs) forgets its translations at each entry of a guest; a real one keeps them (VPID)
@@
@@
 vmx_flush_tlb_all(...)
 {
 <...
- ept_sync_global();
+ return;
 ...>
 }
