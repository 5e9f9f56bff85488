// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/anchor.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys_error.h"
#include "vmm/arch.h"

namespace mmuw {
namespace {

// Only system calls: the parent may have had threads. Returns errno of what failed.
int hold_vm(unsigned long type) {
    const int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (kvm < 0) return errno;
    const int vm = ioctl(kvm, KVM_CREATE_VM, type);
    if (vm < 0) return errno;
    return ioctl(vm, KVM_CREATE_VCPU, 0UL) < 0 ? errno : 0;
}

[[noreturn]] void child(pid_t parent, int report, unsigned long type) {
    // Above 2 only the report stays open: a witness' session must end with the harness.
    if (dup2(report, 3) != 3) _exit(1);
    close_range(4, ~0U, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "kvm-anchor");
    if (getppid() != parent) _exit(1);
    signal(SIGINT, SIG_IGN);  // Ctrl-C reaches the whole group; the parent ends this one last
    const int error = hold_vm(type);
    if (write(3, &error, sizeof error) != sizeof error || error != 0) _exit(1);
    close(3);
    for (;;) ::pause();
}

}  // namespace

KvmAnchor::KvmAnchor() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw_errno("pipe2");
    const Fd in(ends[0]);
    Fd out(ends[1]);
    const unsigned long type = arch::vm_type(Kvm());
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ < 0) throw_errno("fork");
    if (pid_ == 0) child(parent, out.get(), type);
    out.reset();
    int error = ECHILD;  // if it died without a word
    if (read(in.get(), &error, sizeof error) == sizeof error && error == 0) return;
    waitpid(pid_, nullptr, 0);
    throw SysError(error, "KvmAnchor: a VM with one vCPU on /dev/kvm");
}

KvmAnchor::~KvmAnchor() {
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

}  // namespace mmuw
