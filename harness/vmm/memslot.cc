// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/memslot.h"

#include <linux/kvm.h>

#include <exception>
#include <format>
#include <utility>

#include "base/mapping.h"

namespace mmuw {

Memslot::Memslot(Vm& vm, std::uint32_t id, std::uint64_t gfn, std::uint64_t pages,
                 std::uint64_t hva, std::uint32_t flags, Report report)
    : vm_(vm),
      space_(vm.address_space()),
      id_(id),
      gfn_(gfn),
      pages_(pages),
      hva_(hva),
      report_(report),
      read_only_((flags & KVM_MEM_READONLY) != 0) {
    change(gfn, pages, flags, true);
    present_ = true;
}

Memslot::~Memslot() {
    try {
        remove();
    } catch (const std::exception&) {
        // The slot dies with the VM in any case.
    }
}

void Memslot::set_log(bool on) {
    constexpr std::uint32_t kLog = KVM_MEM_LOG_DIRTY_PAGES;
    const std::uint32_t flags = on ? flags_ | kLog : flags_ & ~kLog;
    if (flags != flags_) change(gfn_, pages_, flags, false);
}

void Memslot::move(std::uint64_t gfn) {
    change(gfn, pages_, flags_, false);
}

void Memslot::remove() {
    if (!present_) return;
    change(gfn_, 0, 0, false);
    present_ = false;
}

bool Memslot::logged() const {
    return (flags_ & KVM_MEM_LOG_DIRTY_PAGES) != 0;
}

void Memslot::change(std::uint64_t gfn, std::uint64_t pages, std::uint32_t flags, bool created) {
    kvm_userspace_memory_region region{};
    region.slot = kvm_slot();
    region.flags = flags;
    region.guest_phys_addr = gfn * page_size();
    region.memory_size = pages * page_size();
    region.userspace_addr = hva_;
    const MemslotChange change{id_, flags_, flags, gfn, pages, hva_, created};
    if (report_ == Report::kYes) vm_.observer().before_memslot(change);
    vm_.control(KVM_SET_USER_MEMORY_REGION, &region,
                std::format("KVM_SET_USER_MEMORY_REGION(slot {}, flags {:#x}, gfn {:#x}, {} pages, "
                            "hva {:#x})",
                            kvm_slot(), flags, gfn, pages, hva_));
    gfn_ = gfn;
    flags_ = flags;
    if (report_ == Report::kYes) vm_.observer().after_memslot(change);
}

}  // namespace mmuw
