// SPDX-License-Identifier: GPL-2.0-only
// A memory cgroup of our own, to have nothing but our own pages reclaimed.
#pragma once

#include <cstdint>
#include <string>

namespace mmuw {

// As long as it lives, this process is in a cgroup (v2) of its own: what it brings into memory is
// charged to it. Mounts cgroup2 if nobody has. Never swaps.
class AgingCgroup {
  public:
    // Throws std::runtime_error with the reason if this host has no memory controller to offer.
    AgingCgroup();
    ~AgingCgroup();
    AgingCgroup(const AgingCgroup&) = delete;
    AgingCgroup& operator=(const AgingCgroup&) = delete;

    // Has the kernel look at the cgroup's pages, age them, and give some back. False: it found
    // less than that to give back.
    bool reclaim(std::uint64_t bytes);

  private:
    void leave();

    std::string mount_;      // of cgroup2
    bool mounted_ = false;   // by us
    std::string before_;     // where the process came from
    std::string directory_;  // the cgroup's own
};

}  // namespace mmuw
