// SPDX-License-Identifier: GPL-2.0-only
// /dev/kvm.
#pragma once

#include <cstddef>
#include <string>

#include "base/fd.h"
#include "vmm/mmu.h"

namespace mmuw {

// An ioctl whose failure is a SysError naming it; returns its result. EINTR is not retried.
int kvm_ioctl(int fd, unsigned long request, void* argument, const std::string& call);
int kvm_ioctl(int fd, unsigned long request, unsigned long argument, const std::string& call);

class Kvm {
  public:
    // Opens the device and checks the API version. SysError(ENOENT, EACCES, ...) or
    // std::runtime_error.
    explicit Kvm(const Mmu& mmu = {});

    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] const Mmu& mmu() const { return mmu_; }
    // KVM_CHECK_EXTENSION on /dev/kvm: 0, or a positive value with the capability's meaning.
    [[nodiscard]] int check_extension(int capability) const;
    [[nodiscard]] std::size_t vcpu_mmap_bytes() const { return vcpu_mmap_bytes_; }

  private:
    Mmu mmu_;
    Fd fd_;
    std::size_t vcpu_mmap_bytes_ = 0;
};

}  // namespace mmuw
