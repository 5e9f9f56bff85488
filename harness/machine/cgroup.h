// SPDX-License-Identifier: GPL-2.0-only
// A cgroup (v2) for this process.
#pragma once

#include <string>

#include "machine/machine_guard.h"

namespace mmuw {

// Moves the process into a cgroup of its own, below the root, and back. Mounts cgroup v2 where
// nobody has. The guard takes the cgroup away.
//
// A process is in one cgroup only: while there is one of these, a second one is the same cgroup,
// and has to go first.
class Cgroup {
  public:
    // With that controller ("memory", "io"), for which the kernel wants `needed` (CONFIG_...).
    // Unavailable, or SysError.
    Cgroup(MachineGuard& guard, const std::string& controller, const std::string& needed);
    ~Cgroup();
    Cgroup(const Cgroup&) = delete;
    Cgroup& operator=(const Cgroup&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string home_;  // the cgroup that the process was in; empty: it was in this one
    std::string path_;
};

}  // namespace mmuw
