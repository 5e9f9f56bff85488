// SPDX-License-Identifier: GPL-2.0-only
// Whoever wants to know what a Vm does, and when: the witness' marks are made here.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vmm/page_bitmap.h"

namespace mmuw {

struct MemslotChange {
    std::uint32_t slot;
    std::uint32_t old_flags;  // KVM_MEM_*; 0 for a new slot
    std::uint32_t flags;      // after the change; 0 when deleted
    std::uint64_t gfn;        // first
    std::uint64_t pages;      // after the change; 0: deleted
    std::uint64_t hva;
    bool created;  // false: flags changed, moved, or deleted
};

// Called on the thread that makes the change. The private slot is not reported. Must not throw.
class VmObserver {
  public:
    virtual ~VmObserver() = default;
    // Right after KVM_CREATE_VM, and right before the VM's descriptor is closed.
    virtual void vm_created(int /*vm_fd*/) {}
    virtual void vm_closing(int /*vm_fd*/) {}
    // All vCPUs are in their command loops.
    virtual void vcpus_started() {}
    // Around KVM_SET_USER_MEMORY_REGION; after_memslot only when it succeeded.
    virtual void before_memslot(const MemslotChange& /*change*/) {}
    virtual void after_memslot(const MemslotChange& /*change*/) {}
    // Around DirtyLog::collect; `logged` has one bit per page of the slot.
    virtual void before_collect(std::uint32_t /*slot*/) {}
    virtual void after_collect(std::uint32_t /*slot*/, std::uint64_t /*gfn*/,
                               const PageBitmap& /*logged*/) {}
    // KVM_PRE_FAULT_MEMORY has mapped all of it, it says.
    virtual void prefaulted(std::uint64_t /*gfn*/, std::uint64_t /*pages*/) {}
    // An ioctl of the VM failed, with an error that blames its arguments.
    virtual void call_failed(unsigned long /*request*/, int /*error*/) {}
    // A vCPU has left for a full ring; `entries` of it were harvested since it did so before.
    virtual void ring_full(unsigned /*vcpu*/, std::uint64_t /*entries*/) {}
    // A vCPU has been waited for in vain; its thread has used so much CPU time since the guest got
    // on the last time, of what is more than any access takes. In milliseconds. True: it is not
    // waited for any longer.
    virtual bool stuck(unsigned /*vcpu*/, std::uint64_t /*ran*/, std::uint64_t /*enough*/) {
        return true;
    }
    // A vCPU has left for an access to a gfn that has had a memslot all the time.
    virtual void backed_access_left(std::uint64_t /*gfn*/) {}
};

}  // namespace mmuw
