// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/vm.h"

#include <linux/kvm.h>

#include <algorithm>
#include <format>

#include "base/sys_error.h"
#include "vmm/arch.h"

namespace mmuw {
namespace {

VmObserver& nobody() {
    static VmObserver observer;
    return observer;
}

// KVM registers an mmu_notifier, which gives up with EINTR when a signal is pending
// (mm_take_all_locks()); to the kernel an io_uring completion is one, too.
Fd create_vm(const Kvm& kvm) {
    for (;;) try {
            const unsigned long type = kvm.mmu().reference ? kvm.mmu().variant : arch::vm_type(kvm);
            return Fd(kvm_ioctl(kvm.fd(), KVM_CREATE_VM, type, "KVM_CREATE_VM"));
        } catch (const SysError& error) {
            if (error.code().value() != EINTR) throw;
        }
}

}  // namespace

Vm::Vm(const Kvm& kvm, VmObserver* observer)
    : kvm_(kvm), observer_(observer != nullptr ? observer : &nobody()), fd_(create_vm(kvm)) {
    if (!kvm.mmu().reference) arch::prepare_vm(*this);
    observer_->vm_created(fd());
}

Vm::~Vm() {
    observer_->vm_closing(fd());
}

int Vm::check_extension(int capability) const {
    return kvm_ioctl(fd(), KVM_CHECK_EXTENSION, static_cast<unsigned long>(capability),
                     std::format("KVM_CHECK_EXTENSION({}) on the VM", capability));
}

void Vm::enable_capability(std::uint32_t capability, std::array<std::uint64_t, 4> arguments,
                           const std::string& name) {
    kvm_enable_cap cap{};
    cap.cap = capability;
    std::ranges::copy(arguments, cap.args);
    control(KVM_ENABLE_CAP, &cap, std::format("KVM_ENABLE_CAP({}, {})", name, arguments[0]));
}

// What else an ioctl may fail with is about the machine or the moment, as ENOMEM and EINTR are.
int Vm::control(unsigned long request, void* argument, const std::string& call) const {
    constexpr int kBlameArguments[] = {EINVAL, EFAULT, ENOENT, EEXIST, ENXIO, E2BIG, EPERM};
    try {
        return kvm_ioctl(fd(), request, argument, call);
    } catch (const SysError& error) {
        if (std::ranges::contains(kBlameArguments, error.code().value()))
            observer_->call_failed(request, error.code().value());
        throw;
    }
}

}  // namespace mmuw
