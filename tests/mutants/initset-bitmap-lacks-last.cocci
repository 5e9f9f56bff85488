// SPDX-License-Identifier: GPL-2.0-only
// breaks: the last page of a log that is to be initially set is not set
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*:RingReset.*
@@
expression b, n;
@@
 kvm_prepare_memory_region(...)
 {
 <...
- bitmap_set(b, 0, n);
+ bitmap_set(b, 0, n - 1);
 ...>
 }
