// SPDX-License-Identifier: GPL-2.0-only
// One vCPU: its descriptor and the shared kvm_run page.
#pragma once

#include <linux/kvm.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/fd.h"
#include "base/mapping.h"
#include "vmm/reference/cpu.h"
#include "vmm/vm.h"

namespace mmuw {

class Vcpu {
  public:
    Vcpu(const Vm& vm, unsigned id);

    [[nodiscard]] unsigned id() const { return id_; }
    [[nodiscard]] const Vm& vm() const { return vm_; }
    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] kvm_run& run() const { return *static_cast<kvm_run*>(run_.get()); }
    // Throws SysError naming the vCPU and `call`.
    int control(unsigned long request, void* argument, const std::string& call) const;
    // KVM_PRE_FAULT_MEMORY of [gpa, gpa + bytes): waits for KVM_RUN to end. False: the kernel has
    // spent a long time of this thread's on one page, and has not ended with it.
    [[nodiscard]] bool prefault(std::uint64_t gpa, std::uint64_t bytes) const;
    // What it runs, in place of a guest (the reference MMU).
    void run_here(std::unique_ptr<ReferenceCpu> cpu);
    // KVM_RUN until an exit: 0, or an errno value (EINTR: kicked).
    [[nodiscard]] int enter() const;
    // The current exit is the payload's doorbell.
    [[nodiscard]] bool rings_doorbell() const;
    // Registers, for error messages.
    [[nodiscard]] std::string describe() const noexcept;

  private:
    const Vm& vm_;
    unsigned id_;
    Fd fd_;
    Mapping run_;
    std::unique_ptr<ReferenceCpu> here_;
};

}  // namespace mmuw
