// SPDX-License-Identifier: GPL-2.0-only
// breaks: aging leaves the access flag set
// file: arch/arm64/kvm/mmu.c
// scenarios: Aging.*:*Monitored*
@@
@@
 kvm_age_gfn(...)
 {
 <...
- true
+ false
 ...>
 }
