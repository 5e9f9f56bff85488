// SPDX-License-Identifier: GPL-2.0-only
// The registers of a vCPU that this VMM sets or shows (KVM_SET_ONE_REG, KVM_GET_ONE_REG).
#pragma once

#include <linux/kvm.h>

#include <cstdint>

#include "vmm/vcpu.h"

namespace mmuw::arm64 {

// KVM_REG_ARM_CORE_REG() counts in words of 32 bits.
#define MMUW_CORE_REGISTER(name) \
    (KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(name))

inline constexpr std::uint64_t kX0 = MMUW_CORE_REGISTER(regs.regs[0]);
inline constexpr std::uint64_t kSp = MMUW_CORE_REGISTER(sp_el1);
inline constexpr std::uint64_t kPc = MMUW_CORE_REGISTER(regs.pc);
inline constexpr std::uint64_t kPstate = MMUW_CORE_REGISTER(regs.pstate);
inline constexpr std::uint64_t kElr = MMUW_CORE_REGISTER(elr_el1);
#undef MMUW_CORE_REGISTER

inline constexpr std::uint64_t kMmfr1 = ARM64_SYS_REG(3, 0, 0, 7, 1);
inline constexpr std::uint64_t kSctlr = ARM64_SYS_REG(3, 0, 1, 0, 0);
inline constexpr std::uint64_t kTtbr0 = ARM64_SYS_REG(3, 0, 2, 0, 0);
inline constexpr std::uint64_t kTcrRegister = ARM64_SYS_REG(3, 0, 2, 0, 2);
inline constexpr std::uint64_t kEsr = ARM64_SYS_REG(3, 0, 5, 2, 0);
inline constexpr std::uint64_t kFar = ARM64_SYS_REG(3, 0, 6, 0, 0);
inline constexpr std::uint64_t kMairRegister = ARM64_SYS_REG(3, 0, 10, 2, 0);

// SysError naming the register's id.
void set_register(const Vcpu& vcpu, std::uint64_t id, std::uint64_t value);
std::uint64_t get_register(const Vcpu& vcpu, std::uint64_t id);

}  // namespace mmuw::arm64
