// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/arm64/registers.h"

#include <format>

namespace mmuw::arm64 {

void set_register(const Vcpu& vcpu, std::uint64_t id, std::uint64_t value) {
    kvm_one_reg one{.id = id, .addr = reinterpret_cast<std::uint64_t>(&value)};
    vcpu.control(KVM_SET_ONE_REG, &one, std::format("KVM_SET_ONE_REG({:#x}, {:#x})", id, value));
}

std::uint64_t get_register(const Vcpu& vcpu, std::uint64_t id) {
    std::uint64_t value = 0;
    kvm_one_reg one{.id = id, .addr = reinterpret_cast<std::uint64_t>(&value)};
    vcpu.control(KVM_GET_ONE_REG, &one, std::format("KVM_GET_ONE_REG({:#x})", id));
    return value;
}

}  // namespace mmuw::arm64
