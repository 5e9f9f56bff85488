// SPDX-License-Identifier: GPL-2.0-only
// The log that KVM keeps as a ring per vCPU.
#pragma once

#include <map>
#include <mutex>

#include "vmm/dirty_log.h"
#include "vmm/ring_reader.h"

namespace mmuw {

// KVM_CAP_DIRTY_LOG_RING_ACQ_REL, KVM_CAP_DIRTY_LOG_RING or 0.
std::uint32_t dirty_ring_capability(const Kvm& kvm);

// A full ring is harvested and reset on the vCPU's thread, between collections; what it held waits
// in pending_ for the next collect() of its slot. Each harvest empties the rings of all vCPUs under
// one lock, because KVM_RESET_DIRTY_RINGS resets all of them.
class RingLog : public DirtyLog {
  public:
    // SysError(EINVAL, E2BIG) in prepare() when KVM refuses the number of entries.
    explicit RingLog(const DirtyLogOptions& options) : DirtyLog(options.kick), options_(options) {}

    [[nodiscard]] std::string name() const override { return to_string(DirtyLogKind::kRing); }
    void prepare(Vm& vm) override;
    void add_vcpu(Vcpu& vcpu, VcpuThread& thread) override;
    void enable(Memslot& slot) override;
    void disable(Memslot& slot) override;
    void ring_full(unsigned vcpu) override;

  protected:
    void read(Memslot& slot, PageBitmap& logged) override;

  private:
    struct Ring {
        Mapping memory;
        RingReader reader;
        std::uint64_t harvested = 0;  // since it was full
    };

    // With mutex_ held.
    void drain();
    std::size_t harvest(std::size_t most);  // of each ring
    void reset(std::size_t harvested);

    DirtyLogOptions options_;
    unsigned full_ = 0;  // times in a row that a full ring was left as it was
    Vm* vm_ = nullptr;
    std::mutex mutex_;
    std::vector<Ring> rings_;
    std::map<std::uint32_t, PageBitmap> pending_;  // by Memslot::kvm_slot(); those being logged
};

}  // namespace mmuw
