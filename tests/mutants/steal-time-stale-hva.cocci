// SPDX-License-Identifier: GPL-2.0-only
// breaks: steal time is written to where the page was before memslots changed
// file: arch/x86/kvm/x86.c
// scenarios: KvmWrites.*
@@
identifier slots, ghc;
@@
 record_steal_time(...)
 {
 <...
- slots->generation != ghc->generation
+ slots->generation < ghc->generation
 ...>
 }
