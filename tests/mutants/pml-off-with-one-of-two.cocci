// SPDX-License-Identifier: GPL-2.0-only
// breaks: PML is switched off when one of several memslots has no log any more
// host: x86_64-intel
// file: arch/x86/kvm/x86.c
// scenarios: LogToggle.*:SmallPages.*aliases*:Migration.*
@@
expression n;
@@
 kvm_mmu_update_cpu_dirty_logging(...)
 {
 ...
- if ((enable && n == 1) || !n)
+ if (enable && n > 1)
 kvm_make_all_cpus_request(...);
 }
