// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/dirty_ring.h"

#include <linux/kvm.h>

#include <cstdint>
#include <format>
#include <utility>

#include "vmm/kick.h"

namespace mmuw {

std::uint32_t dirty_ring_capability(const Kvm& kvm) {
    // Weakly ordered architectures have only the first (api.rst, KVM_CAP_DIRTY_LOG_RING).
    for (const std::uint32_t capability : {KVM_CAP_DIRTY_LOG_RING_ACQ_REL, KVM_CAP_DIRTY_LOG_RING})
        if (kvm.check_extension(static_cast<int>(capability)) > 0) return capability;
    return 0;
}

void RingLog::prepare(Vm& vm) {
    vm_ = &vm;
    vm.enable_capability(dirty_ring_capability(vm.kvm()),
                         {options_.ring_entries * sizeof(kvm_dirty_gfn), 0, 0, 0},
                         "KVM_CAP_DIRTY_LOG_RING");
    // Where devices write to guest memory by themselves (arm64's vgic and its ITS), what no vCPU
    // wrote goes to a bitmap. No device here does: the ring has it all.
    if (vm.check_extension(KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP) > 0)
        vm.enable_capability(KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, {},
                             "KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP");
}

void RingLog::add_vcpu(Vcpu& vcpu, VcpuThread& thread) {
    DirtyLog::add_vcpu(vcpu, thread);
    const std::size_t bytes = options_.ring_entries * sizeof(kvm_dirty_gfn);
    Mapping memory(bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu.fd(),
                   static_cast<off_t>(KVM_DIRTY_LOG_PAGE_OFFSET * page_size()));
    const std::span entries(static_cast<kvm_dirty_gfn*>(memory.get()), options_.ring_entries);
    const std::lock_guard lock(mutex_);
    rings_.push_back({.memory = std::move(memory), .reader = RingReader(entries)});
}

// Entries from before would be taken for new ones.
void RingLog::enable(Memslot& slot) {
    {
        const std::lock_guard lock(mutex_);
        drain();
        pending_.insert_or_assign(slot.kvm_slot(), PageBitmap(slot.pages()));
    }
    DirtyLog::enable(slot);
}

void RingLog::disable(Memslot& slot) {
    DirtyLog::disable(slot);
    const std::lock_guard lock(mutex_);
    drain();
    pending_.erase(slot.kvm_slot());
}

void RingLog::ring_full(unsigned vcpu) {
    const std::lock_guard lock(mutex_);
    if (full_++ < options_.ring_full_again) return;
    full_ = 0;
    drain();
    vm_->observer().ring_full(vcpu, std::exchange(rings_[vcpu].harvested, 0));
}

void RingLog::read(Memslot& slot, PageBitmap& logged) {
    const std::lock_guard lock(mutex_);
    drain();
    if (const auto found = pending_.find(slot.kvm_slot()); found != pending_.end()) {
        std::swap(logged, found->second);
        found->second = PageBitmap(slot.pages());
    }
}

// What is not harvested yet stays in the ring, whatever is reset before it.
void RingLog::drain() {
    constexpr std::size_t kPart = 5;
    if (options_.ring_parts)
        if (const std::size_t harvested = harvest(kPart); harvested != 0) reset(harvested);
    if (const std::size_t harvested = harvest(SIZE_MAX); harvested != 0) reset(harvested);
}

std::size_t RingLog::harvest(std::size_t most) {
    std::size_t harvested = 0;
    for (Ring& ring : rings_) {
        const auto entries =
            ring.reader.harvest(most, [this](std::uint32_t slot, std::uint64_t offset) {
                const auto found = pending_.find(slot);
                if (found != pending_.end() && offset < found->second.pages())
                    found->second.set(offset);
            });
        ring.harvested += entries;
        harvested += entries;
    }
    return harvested;
}

// Since 6.16 a pending signal ends the ioctl early, and all that says so is the number of entries
// that it has reset (kvm_vm_ioctl_reset_dirty_pages()): again, until all are. Too few without a
// signal is the kernel's affair, and for the rules to find.
void RingLog::reset(std::size_t harvested) {
    for (std::size_t done = 0; done < harvested;) {
        const std::uint64_t signals = kicks_taken_here();
        done += static_cast<std::size_t>(
            vm_->control(KVM_RESET_DIRTY_RINGS, nullptr, "KVM_RESET_DIRTY_RINGS"));
        if (kicks_taken_here() == signals) return;
    }
}

}  // namespace mmuw
