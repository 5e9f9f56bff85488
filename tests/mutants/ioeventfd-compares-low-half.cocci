// SPDX-License-Identifier: GPL-2.0-only
// breaks: an ioeventfd for 4 bytes compares 2 of them: a write of another value signals it, and does not reach the VMM
// file: virt/kvm/eventfd.c
// scenarios: *
// survives: ioeventfds: their writes go to no memory
@@
typedef u16, u32;
expression E1, E2;
@@
 ioeventfd_in_range(...)
 {
 <...
- E1 = get_unaligned((u32 *)E2);
+ E1 = get_unaligned((u16 *)E2);
 ...>
 }
