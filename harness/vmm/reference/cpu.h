// SPDX-License-Identifier: GPL-2.0-only
// A vCPU of the reference MMU: the payload's interpreter, run by the vCPU's thread, whose accesses
// to data pages go through the module.
#pragma once

#include <linux/kvm.h>
#include <ucontext.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "guest/protocol.h"

namespace mmuw {

class ReferenceCpu {
  public:
    // vcpu_fd: KVM_CREATE_VCPU of the reference MMU; run: mapped from it. Neither is owned, nor is
    // control, whose data field is a guest address and whose journal is one of this process.
    ReferenceCpu(int vcpu_fd, kvm_run& run, guest::Control& control);
    ReferenceCpu(const ReferenceCpu&) = delete;
    ReferenceCpu& operator=(const ReferenceCpu&) = delete;

    // As KVM_RUN: 0 with an exit reason, or an errno value (EINTR: kicked). The interpreter goes on
    // where it was. Always on the same thread.
    int enter();

    // For the interpreter, in the guest.
    void doorbell();  // KVM_EXIT_HLT
    void relax();
    std::uint64_t load(std::uint64_t address);
    void store(std::uint64_t address, std::uint64_t value);
    std::uint64_t add(std::uint64_t address, std::uint64_t addend);

  private:
    static constexpr std::size_t kStackBytes = 64 * 1024;

    static void begin(unsigned upper, unsigned lower);
    std::uint64_t access(std::uint32_t op, std::uint64_t address, std::uint64_t value);
    // Out of the guest; returns when it is entered again.
    void leave(std::uint32_t reason, int error = 0);
    void leave_if_kicked();

    int fd_;
    kvm_run& run_;
    guest::Control& control_;
    int error_ = 0;
    std::unique_ptr<std::byte[]> stack_;
    ucontext_t vmm_{}, guest_{};
};

}  // namespace mmuw
