// SPDX-License-Identifier: GPL-2.0-only
// One KVM virtual machine: its descriptor and what applies to it as a whole.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/fd.h"
#include "vmm/kvm.h"
#include "vmm/observer.h"

namespace mmuw {

// The kernel destroys the VM when the last of these is gone: Vm, its Vcpus and their mappings. So
// declare Vcpus after the Vm. The observer must outlive the Vm.
class Vm {
  public:
    explicit Vm(const Kvm& kvm, VmObserver* observer = nullptr);
    ~Vm();
    Vm(const Vm&) = delete;
    Vm& operator=(const Vm&) = delete;

    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] const Kvm& kvm() const { return kvm_; }
    // Where the memslots that are made from now on are: 0, or 1 for what its vCPUs see in system
    // management mode (x86, arch::enter_smm()).
    void use_address_space(std::uint32_t space) { address_space_ = space; }
    [[nodiscard]] std::uint32_t address_space() const { return address_space_; }
    [[nodiscard]] VmObserver& observer() const { return *observer_; }
    // KVM_CHECK_EXTENSION on the VM.
    [[nodiscard]] int check_extension(int capability) const;
    void enable_capability(std::uint32_t capability, std::array<std::uint64_t, 4> arguments,
                           const std::string& name);
    // Throws SysError naming `call`; returns the ioctl's result.
    int control(unsigned long request, void* argument, const std::string& call) const;

  private:
    const Kvm& kvm_;
    VmObserver* observer_;
    Fd fd_;
    std::uint32_t address_space_ = 0;
};

}  // namespace mmuw
