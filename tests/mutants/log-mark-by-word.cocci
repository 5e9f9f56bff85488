// SPDX-License-Identifier: GPL-2.0-only
// breaks: a dirty page of an odd 64-page group is marked in the group before it
// file: virt/kvm/kvm_main.c
// scenarios: Turns.*:*SmallPages*:*HugePages*:Migration.*:LogToggle.*
@@
expression rel, map;
@@
- set_bit_le(rel, map);
+ set_bit_le(rel & ~64UL, map);
