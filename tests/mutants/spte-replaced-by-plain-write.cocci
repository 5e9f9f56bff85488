// SPDX-License-Identifier: GPL-2.0-only
// breaks: an SPTE that is removed or changed under the exclusive lock is overwritten, not exchanged: what the CPU has set in it since it was read (dirty, accessed), or the fast path of the fault (writable), is lost
// fix: KVM: x86/mmu: Use atomic XCHG to write TDP MMU SPTEs with volatile bits
// file: arch/x86/kvm/mmu/tdp_iter.h
// scenarios: *
// survives: a CPU that sets D in an SPTE between its being read and being overwritten: not staged
@@
@@
 kvm_tdp_mmu_write_spte(...)
 {
 <...
- if (kvm_tdp_mmu_spte_need_atomic_write(...)) return kvm_tdp_mmu_write_spte_atomic(...);
 ...>
 }
