// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/vcpu.h"

#include <sys/ioctl.h>

#include <cerrno>
#include <format>
#include <utility>

#include "base/sys_error.h"
#include "vmm/arch.h"

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

void Vcpu::run_here(std::unique_ptr<ReferenceCpu> cpu) {
    here_ = std::move(cpu);
}

bool Vcpu::rings_doorbell() const {
    return here_ ? run().exit_reason == KVM_EXIT_HLT : arch::is_doorbell(*this);
}

std::string Vcpu::describe() const noexcept {
    return here_ ? "of the reference MMU" : arch::describe(*this);
}

int Vcpu::enter() const {
    if (here_) return here_->enter();
    return ioctl(fd(), KVM_RUN, 0) == 0 ? 0 : errno;
}

}  // namespace mmuw
