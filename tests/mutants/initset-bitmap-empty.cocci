// SPDX-License-Identifier: GPL-2.0-only
// breaks: a log that is to be initially set begins empty
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression b, n;
@@
 kvm_prepare_memory_region(...)
 {
 <...
- bitmap_set(b, 0, n);
 ...>
 }
