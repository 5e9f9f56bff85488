// SPDX-License-Identifier: GPL-2.0-only
// KVM's ioctls that change or collect the dirty log, by number (the same on x86, arm64 and
// LoongArch: asm-generic/ioctl.h).
#pragma once

#include <linux/kvm.h>

#include <cstdint>

namespace mmuw {

constexpr bool is_memslot_ioctl(uint32_t cmd) {
    return cmd == KVM_SET_USER_MEMORY_REGION || cmd == KVM_SET_USER_MEMORY_REGION2;
}
constexpr bool is_log_ioctl(uint32_t cmd) {
    return cmd == KVM_GET_DIRTY_LOG || cmd == KVM_CLEAR_DIRTY_LOG || cmd == KVM_RESET_DIRTY_RINGS;
}

}  // namespace mmuw
