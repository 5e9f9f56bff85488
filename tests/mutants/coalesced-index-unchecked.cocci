// SPDX-License-Identifier: GPL-2.0-only
// breaks: the index that userspace writes into the coalesced MMIO ring is not checked: a guest's write to a zone lands in host memory behind the ring
// fix: KVM: coalesced_mmio: add bounds checking
// file: virt/kvm/coalesced_mmio.c
// scenarios: *
// survives: a guest that writes to a zone of coalesced MMIO, and a VMM that puts an index behind the ring into it
@@
identifier insert;
expression E;
@@
 coalesced_mmio_write(...)
 {
 <...
- insert >= KVM_COALESCED_MMIO_MAX || E
+ E
 ...>
 }
