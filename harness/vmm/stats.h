// SPDX-License-Identifier: GPL-2.0-only
// What KVM counts of a VM: KVM_GET_STATS_FD, Documentation/virt/kvm/api.rst.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "vmm/vm.h"

namespace mmuw {

// Nothing: this KVM does not count it. "pages_2m": SPTEs of level 2 (x86).
std::optional<std::uint64_t> read_stat(const Vm& vm, std::string_view name);

}  // namespace mmuw
