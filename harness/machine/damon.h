// SPDX-License-Identifier: GPL-2.0-only
// DAMON (Documentation/admin-guide/mm/damon): a kernel thread that looks all the time which pages
// of a process are accessed, by taking their accessed bits away.
#pragma once

#include <cstddef>
#include <span>

#include "machine/machine_guard.h"

namespace mmuw {

// Looks at this memory of this process, a thousand times a second at ten places or more, while it
// lives.
class Damon {
  public:
    // The guard's scope has its thread's slot. Unavailable: not in this kernel, or somebody uses
    // it.
    Damon(MachineGuard& guard, std::span<const std::byte> memory);
    ~Damon();
    Damon(const Damon&) = delete;
    Damon& operator=(const Damon&) = delete;
};

}  // namespace mmuw
