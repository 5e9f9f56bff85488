// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>

#include "vmm/vcpu.h"

namespace mmuw::x86 {

// The vCPU is out of the guest.
std::uint64_t get_msr(const Vcpu& vcpu, std::uint32_t index);
void set_msr(const Vcpu& vcpu, std::uint32_t index, std::uint64_t value);

}  // namespace mmuw::x86
