// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/x86/msr.h"

#include <linux/kvm.h>

#include <cerrno>
#include <format>
#include <string>

#include "base/sys_error.h"

namespace mmuw::x86 {
namespace {

struct OneMsr {
    kvm_msrs head;
    kvm_msr_entry entry;
};

}  // namespace

std::uint64_t get_msr(const Vcpu& vcpu, std::uint32_t index) {
    OneMsr msrs{.head = {.nmsrs = 1}, .entry = {.index = index}};
    const std::string call = std::format("KVM_GET_MSRS({:#x})", index);
    if (vcpu.control(KVM_GET_MSRS, &msrs, call) != 1)
        throw SysError(EINVAL, std::format("vCPU {}: {}", vcpu.id(), call));
    return msrs.entry.data;
}

void set_msr(const Vcpu& vcpu, std::uint32_t index, std::uint64_t value) {
    OneMsr msrs{.head = {.nmsrs = 1}, .entry = {.index = index, .data = value}};
    const std::string call = std::format("KVM_SET_MSRS({:#x}, {:#x})", index, value);
    if (vcpu.control(KVM_SET_MSRS, &msrs, call) != 1)
        throw SysError(EINVAL, std::format("vCPU {}: {}", vcpu.id(), call));
}

}  // namespace mmuw::x86
