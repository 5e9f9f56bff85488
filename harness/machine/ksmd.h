// SPDX-License-Identifier: GPL-2.0-only
// ksmd, the kernel's thread that merges equal pages.
#pragma once

#include "machine/machine_guard.h"

namespace mmuw {

inline constexpr const char* kKsmDir = "/sys/kernel/mm/ksm/";

[[nodiscard]] bool has_ksm();
// Without a pause, also over pages that it found different before, until the guard puts it back.
void run_ksmd_at_full_speed(MachineGuard& guard);

}  // namespace mmuw
