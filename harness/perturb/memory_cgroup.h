// SPDX-License-Identifier: GPL-2.0-only
// A memory cgroup (v2) for this process.
#pragma once

#include <string>

#include "perturb/machine_guard.h"

namespace mmuw {

// Moves the process into a cgroup of its own, below the root, and back. Mounts cgroup v2 where
// nobody has. The guard takes the cgroup away.
class MemoryCgroup {
  public:
    // Unavailable, or SysError.
    explicit MemoryCgroup(MachineGuard& guard);
    ~MemoryCgroup();
    MemoryCgroup(const MemoryCgroup&) = delete;
    MemoryCgroup& operator=(const MemoryCgroup&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string home_;  // the cgroup that the process was in
    std::string path_;
};

}  // namespace mmuw
