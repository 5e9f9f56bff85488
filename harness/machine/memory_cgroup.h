// SPDX-License-Identifier: GPL-2.0-only
// A memory cgroup (v2) for this process, to have nothing but its own pages reclaimed.
#pragma once

#include <cstdint>
#include <string>

#include "machine/machine_guard.h"

namespace mmuw {

// Moves the process into a cgroup of its own, below the root, and back: what it brings into memory
// in between is charged there. Mounts cgroup v2 where nobody has. The guard takes the cgroup away.
//
// A process is in one cgroup only: while there is one of these, a second one is the same cgroup,
// and has to go first.
class MemoryCgroup {
  public:
    // Unavailable, or SysError.
    explicit MemoryCgroup(MachineGuard& guard);
    ~MemoryCgroup();
    MemoryCgroup(const MemoryCgroup&) = delete;
    MemoryCgroup& operator=(const MemoryCgroup&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    // Has the kernel look at the cgroup's pages, age them, and give some back: up to so many, if it
    // finds them, and no signal comes.
    void reclaim(std::uint64_t bytes);

  private:
    std::string home_;  // the cgroup that the process was in; empty: it was in this one
    std::string path_;
};

}  // namespace mmuw
