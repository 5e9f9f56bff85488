// SPDX-License-Identifier: GPL-2.0-only
// breaks: a walk does not step from one table of 2M entries over to the next
// file: arch/x86/kvm/mmu/tdp_iter.c
// scenarios: MemoryChanges.*
@@
identifier iter;
@@
 try_step_up(...)
 {
 <...
- iter->level == iter->root_level
+ iter->level >= PG_LEVEL_2M
 ...>
 }
