// SPDX-License-Identifier: GPL-2.0-only
#include "perturb/spare_slot.h"

#include <linux/kvm.h>

#include "vmm/arch.h"

namespace mmuw {
namespace {

// More than any user's memory: three huge pages, which have 512 MB where a page has 64 KB.
constexpr std::uint64_t kPlaceBytes = std::uint64_t{2} << 30;

}  // namespace

std::uint64_t spare_gfn(unsigned index, unsigned place) {
    return (arch::spare_gpa() + (index * kSparePlaces + place) * kPlaceBytes) / page_size();
}

std::unique_ptr<Memslot> make_spare_slot(Guest& guest, unsigned index, const Mapping& memory) {
    // Guest counts its slots from 0: these are counted from the other end.
    const int slots = guest.vm().check_extension(KVM_CAP_NR_MEMSLOTS);
    return std::make_unique<Memslot>(guest.vm(), static_cast<std::uint32_t>(slots) - 1 - index,
                                     spare_gfn(index, 0), memory.size() / page_size(),
                                     memory.hva());
}

}  // namespace mmuw
