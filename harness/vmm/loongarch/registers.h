// SPDX-License-Identifier: GPL-2.0-only
// The control and status registers of a vCPU that this VMM sets or shows (KVM_SET_ONE_REG,
// KVM_GET_ONE_REG). Numbers: LoongArch Reference Manual, volume 1, table 7-1.
#pragma once

#include <cstdint>

#include "vmm/vcpu.h"

namespace mmuw::loongarch {

enum class Csr : std::uint64_t {
    kCrmd = 0x0,
    kEcfg = 0x4,
    kEstat = 0x5,
    kEra = 0x6,
    kBadv = 0x7,
    kEentry = 0xc,
};

// CRMD: direct addresses (virtual = physical), which are cached and coherent both for fetches and
// for loads and stores; PLV0; interrupts off.
inline constexpr std::uint64_t kCrmdDirect = 1 << 3 | 1 << 5 | 1 << 7;

// SysError naming the register.
void set_csr(const Vcpu& vcpu, Csr csr, std::uint64_t value);
std::uint64_t get_csr(const Vcpu& vcpu, Csr csr);

}  // namespace mmuw::loongarch
