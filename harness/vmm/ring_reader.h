// SPDX-License-Identifier: GPL-2.0-only
// The userspace side of one vCPU's dirty ring.
#pragma once

#include <linux/kvm.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

namespace mmuw {

// Documentation/virt/kvm/api.rst, KVM_CAP_DIRTY_LOG_RING: an entry goes 00 (invalid) -> 01 (dirty,
// KVM) -> 1X (harvested, us) -> 00 (KVM_RESET_DIRTY_RINGS); entries must be harvested in order,
// none skipped.
class RingReader {
  public:
    // entries.size() a power of two. Not owned; KVM or a test writes to them.
    explicit RingReader(std::span<kvm_dirty_gfn> entries) : entries_(entries) {
        if (!std::has_single_bit(entries.size()))
            throw std::invalid_argument("dirty ring: entries must be a power of two");
    }

    // visit(slot, offset) for each new entry, up to `most`, slot with the address space in its
    // upper half and offset in pages from the slot's start. Returns their number; KVM knows only
    // after a reset.
    template <class Visit>
    std::size_t harvest(std::size_t most, Visit visit) {
        std::size_t harvested = 0;
        for (; harvested < most; harvested++) {
            kvm_dirty_gfn& entry = entries_[next_ & (entries_.size() - 1)];
            // Pairs with the smp_wmb in kvm_dirty_ring_push.
            const std::uint32_t flags = __atomic_load_n(&entry.flags, __ATOMIC_ACQUIRE);
            if (flags != KVM_DIRTY_GFN_F_DIRTY) return harvested;
            visit(std::uint32_t{entry.slot}, std::uint64_t{entry.offset});
            // Pairs with the load_acquire in kvm_dirty_gfn_harvested.
            __atomic_store_n(&entry.flags, std::uint32_t{KVM_DIRTY_GFN_F_RESET}, __ATOMIC_RELEASE);
            next_++;
        }
        return harvested;
    }

  private:
    std::span<kvm_dirty_gfn> entries_;
    std::uint32_t next_ = 0;
};

}  // namespace mmuw
