// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/x86/msr.h"

#include <linux/kvm.h>

namespace mmuw::x86 {
namespace {

struct OneMsr {
    kvm_msrs head;
    kvm_msr_entry entry;
};

}  // namespace

std::uint64_t get_msr(const Vcpu& vcpu, std::uint32_t index) {
    OneMsr msrs{.head = {.nmsrs = 1}, .entry = {.index = index}};
    vcpu.control(KVM_GET_MSRS, &msrs, "KVM_GET_MSRS");
    return msrs.entry.data;
}

void set_msr(const Vcpu& vcpu, std::uint32_t index, std::uint64_t value) {
    OneMsr msrs{.head = {.nmsrs = 1}, .entry = {.index = index, .data = value}};
    vcpu.control(KVM_SET_MSRS, &msrs, "KVM_SET_MSRS");
}

}  // namespace mmuw::x86
