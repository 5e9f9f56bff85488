// SPDX-License-Identifier: GPL-2.0-only
// Reads from a block device that wait until they are let go.
#pragma once

#include <string>

#include "machine/cgroup.h"
#include "machine/machine_guard.h"

namespace mmuw {

// By a cgroup's limit of reads a second (io.max), for this process. A request waits after its pages
// have been looked up: an O_DIRECT read has pinned what it will be written to.
class HeldReads {
  public:
    // `device`: its path, of a whole disk. Unavailable, or SysError.
    HeldReads(MachineGuard& guard, const std::string& device);
    ~HeldReads();
    HeldReads(const HeldReads&) = delete;
    HeldReads& operator=(const HeldReads&) = delete;

    // From now on a read waits for let_go(), or for the half second that the smallest limit comes
    // to.
    void stop();
    void let_go();

  private:
    void limit(const std::string& reads);

    Cgroup cgroup_;
    std::string device_;  // "MAJOR:MINOR"
};

}  // namespace mmuw
