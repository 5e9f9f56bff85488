// SPDX-License-Identifier: GPL-2.0-only
// breaks: the dirty ring holds the gfn of the page instead of its offset in the memslot: wrong for each memslot that does not begin at 0
// file: virt/kvm/kvm_main.c
// scenarios: RingReset.*:EmulatedIntoRing.*:SmallPages.*/*ring
@@
identifier rel_gfn, gfn, vcpu, slot;
@@
 mark_page_dirty_in_slot(..., gfn_t gfn)
 {
 <...
 kvm_dirty_ring_push(vcpu, slot,
- rel_gfn
+ gfn
  )
 ...>
 }
