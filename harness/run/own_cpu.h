// SPDX-License-Identifier: GPL-2.0-only
// A CPU for one vCPU alone.
#pragma once

#include <sched.h>
#include <sys/types.h>

namespace mmuw {

// As long as it lives, the vCPU's thread has the last CPU, and all others of this process the rest:
// a thread that wakes up there makes the vCPU exit, and an exit may flush the TLB. It makes a
// symptom likelier, and no more: without a second CPU, or while that is offline, it does nothing.
class OwnCpu {
  public:
    explicit OwnCpu(pid_t vcpu_thread);
    ~OwnCpu();
    OwnCpu(const OwnCpu&) = delete;
    OwnCpu& operator=(const OwnCpu&) = delete;

  private:
    cpu_set_t before_;
    bool moved_ = false;
};

}  // namespace mmuw
