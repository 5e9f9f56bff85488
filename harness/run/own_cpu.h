// SPDX-License-Identifier: GPL-2.0-only
// A CPU for one vCPU alone, or for one and the thread that drives it.
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

// As long as it lives, the vCPU's thread and the calling one have one CPU between them: the vCPU,
// which runs in the background (VcpuThread::Policy), waits while the other is busy.
class SharedCpu {
  public:
    explicit SharedCpu(pid_t vcpu_thread);
    ~SharedCpu();
    SharedCpu(const SharedCpu&) = delete;
    SharedCpu& operator=(const SharedCpu&) = delete;

  private:
    pid_t vcpu_thread_;
    cpu_set_t before_;
};

}  // namespace mmuw
