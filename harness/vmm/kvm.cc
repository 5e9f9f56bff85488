// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/kvm.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>

#include <format>
#include <stdexcept>

#include "base/sys_error.h"
#include "kmod/uapi/reference.h"

namespace mmuw {

int kvm_ioctl(int fd, unsigned long request, void* argument, const std::string& call) {
    return kvm_ioctl(fd, request, reinterpret_cast<unsigned long>(argument), call);
}

int kvm_ioctl(int fd, unsigned long request, unsigned long argument, const std::string& call) {
    const int result = ioctl(fd, request, argument);
    if (result < 0) throw SysError(errno, call);
    return result;
}

Kvm::Kvm(const Mmu& mmu) : mmu_(mmu) {
    const std::string device = mmu.reference ? MMUWITNESS_REFERENCE : "/dev/kvm";
    fd_ = Fd(open(device.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd_)
        throw_errno("open({}): is {} loaded and permitted?", device,
                    mmu.reference ? "mmuwitness-reference.ko" : "KVM");
    const int version = kvm_ioctl(fd(), KVM_GET_API_VERSION, 0UL, "KVM_GET_API_VERSION");
    if (version != KVM_API_VERSION)
        throw std::runtime_error(
            std::format("{}: API version {}, need {}", device, version, KVM_API_VERSION));
    vcpu_mmap_bytes_ = static_cast<std::size_t>(
        kvm_ioctl(fd(), KVM_GET_VCPU_MMAP_SIZE, 0UL, "KVM_GET_VCPU_MMAP_SIZE"));
}

int Kvm::check_extension(int capability) const {
    return kvm_ioctl(fd(), KVM_CHECK_EXTENSION, static_cast<unsigned long>(capability),
                     std::format("KVM_CHECK_EXTENSION({})", capability));
}

}  // namespace mmuw
