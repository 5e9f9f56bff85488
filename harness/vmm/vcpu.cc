// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/vcpu.h"

#include <sys/ioctl.h>

#include <cerrno>
#include <format>

#include "base/sys_error.h"

namespace mmuw {

Vcpu::Vcpu(const Vm& vm, unsigned id)
    : id_(id),
      fd_(kvm_ioctl(vm.fd(), KVM_CREATE_VCPU, static_cast<unsigned long>(id),
                    std::format("KVM_CREATE_VCPU({})", id))),
      run_(vm.kvm().vcpu_mmap_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get()) {}

int Vcpu::control(unsigned long request, void* argument, const std::string& call) const {
    return kvm_ioctl(fd(), request, argument, std::format("vCPU {}: {}", id_, call));
}

void Vcpu::prefault(std::uint64_t gpa, std::uint64_t bytes) const {
    kvm_pre_fault_memory range{};
    range.gpa = gpa;
    range.size = bytes;
    // Interrupted, it has updated the range.
    while (range.size != 0) try {
            control(KVM_PRE_FAULT_MEMORY, &range,
                    std::format("KVM_PRE_FAULT_MEMORY({:#x}, {} bytes)", gpa, bytes));
        } catch (const SysError& error) {
            if (error.code().value() != EINTR && error.code().value() != EAGAIN) throw;
        }
}

int Vcpu::enter() const {
    return ioctl(fd(), KVM_RUN, 0) == 0 ? 0 : errno;
}

}  // namespace mmuw
