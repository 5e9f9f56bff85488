// SPDX-License-Identifier: GPL-2.0-only
// A memory cgroup (v2) for this process, to have nothing but its own pages reclaimed.
#pragma once

#include <cstdint>
#include <string>

#include "machine/cgroup.h"
#include "machine/machine_guard.h"

namespace mmuw {

// What the process brings into memory while there is one of these is charged to it.
class MemoryCgroup {
  public:
    // Unavailable, or SysError.
    explicit MemoryCgroup(MachineGuard& guard);

    [[nodiscard]] const std::string& path() const { return cgroup_.path(); }
    // Has the kernel look at the cgroup's pages, age them, and give some back: up to so many, if it
    // finds them, and no signal comes.
    void reclaim(std::uint64_t bytes);

  private:
    Cgroup cgroup_;
};

}  // namespace mmuw
