// SPDX-License-Identifier: GPL-2.0-only
// breaks: a flush of the current EPT context does nothing
// host: x86_64-intel
// file: arch/x86/kvm/vmx/vmx.c
// scenarios: Turns.*:MemoryChanges.*:Aging.*
// survives: as ept-flush-of-all-dropped
@@
@@
 vmx_flush_tlb_current(...)
 {
 <...
- ept_sync_context(...);
+ return;
 ...>
 }
