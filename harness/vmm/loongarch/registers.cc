// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/loongarch/registers.h"

#include <linux/kvm.h>

#include <format>
#include <utility>

namespace mmuw::loongarch {

void set_csr(const Vcpu& vcpu, Csr csr, std::uint64_t value) {
    const std::uint64_t number = std::to_underlying(csr);
    kvm_one_reg one{.id = KVM_IOC_CSRID(number), .addr = reinterpret_cast<std::uint64_t>(&value)};
    vcpu.control(KVM_SET_ONE_REG, &one,
                 std::format("KVM_SET_ONE_REG(CSR {:#x}, {:#x})", number, value));
}

std::uint64_t get_csr(const Vcpu& vcpu, Csr csr) {
    const std::uint64_t number = std::to_underlying(csr);
    std::uint64_t value = 0;
    kvm_one_reg one{.id = KVM_IOC_CSRID(number), .addr = reinterpret_cast<std::uint64_t>(&value)};
    vcpu.control(KVM_GET_ONE_REG, &one, std::format("KVM_GET_ONE_REG(CSR {:#x})", number));
    return value;
}

}  // namespace mmuw::loongarch
