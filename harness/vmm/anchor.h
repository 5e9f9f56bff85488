// SPDX-License-Identifier: GPL-2.0-only
// A process that keeps one VM with one vCPU in existence.
#pragma once

#include <sys/types.h>

namespace mmuw {

// The first and the last VM of a machine flip static keys in KVM (kvm_usage_count and friends):
// kernel text is patched, which multi-threaded TCG sometimes does not survive. With an anchor no
// other VM is first or last. In a process of its own, so that it is in no mm under test.
//
// Fork early, while there is one thread and nothing open that must not be inherited; the child
// closes every descriptor above 2. It dies with the thread that made it (PR_SET_PDEATHSIG).
class KvmAnchor {
  public:
    KvmAnchor();  // returns when the VM exists; SysError with the child's errno
    ~KvmAnchor();
    KvmAnchor(const KvmAnchor&) = delete;
    KvmAnchor& operator=(const KvmAnchor&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    pid_t pid_ = -1;
};

}  // namespace mmuw
