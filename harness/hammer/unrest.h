// SPDX-License-Identifier: GPL-2.0-only
// What the machine does in the middle of all that: CPUs go and come, ftrace is switched off and on,
// trace instances are made and removed, somebody tries to unload the module.
#pragma once

#include <atomic>
#include <cstdint>

#include "hammer/part.h"

namespace mmuw::hammer {

struct Unrest {
    std::atomic<std::uint64_t> hotplugs, switches, instances, unloads, refused;
};

// In the calling process, which has one thread, until `stop`; then everything is as it was.
void make_unrest(const Orders& orders, const std::atomic<bool>& stop, Unrest& counts);

}  // namespace mmuw::hammer
