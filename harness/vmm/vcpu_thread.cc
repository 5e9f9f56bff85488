// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/vcpu_thread.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <format>
#include <stdexcept>
#include <utility>

#include "base/sys_error.h"
#include "vmm/arch.h"
#include "vmm/kick.h"
#include "vmm/vcpu_exit.h"

namespace mmuw {
namespace {

// Ctrl-C and the like belong to the main thread.
void block_other_signals() {
    sigset_t blocked;
    sigfillset(&blocked);
    for (const int open : {kKickSignal, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT})
        sigdelset(&blocked, open);
    pthread_sigmask(SIG_SETMASK, &blocked, nullptr);
}

void yield_to_everyone() {
    const sched_param none{};
    if (sched_setscheduler(0, SCHED_IDLE, &none) != 0)
        throw_errno("sched_setscheduler(SCHED_IDLE)");
}

}  // namespace

VcpuThread::VcpuThread(Vcpu& vcpu, Hooks hooks, Policy policy)
    : vcpu_(vcpu), hooks_(std::move(hooks)), policy_(policy) {
    install_kick_handler();
}

VcpuThread::~VcpuThread() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        kick_locked();
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void VcpuThread::start() {
    thread_ = std::thread([this] { body(); });
    pthread_setname_np(thread_.native_handle(), std::format("vcpu{}", vcpu_.id()).c_str());
}

void VcpuThread::pause() {
    std::unique_lock lock(mutex_);
    ++pauses_;
    kick_locked();
    if (!changed_.wait_for(lock, kTimeout, [this] { return !inside_; })) {
        --pauses_;
        throw std::runtime_error(std::format("vCPU {} did not leave KVM_RUN in {} s after a kick",
                                             vcpu_.id(), kTimeout.count()));
    }
    if (failure_) {
        --pauses_;
        std::rethrow_exception(failure_);
    }
}

void VcpuThread::resume() {
    {
        const std::lock_guard lock(mutex_);
        --pauses_;
    }
    changed_.notify_all();
}

void VcpuThread::wake() {
    // Taking the mutex orders this after a has_work() that saw no work yet.
    {
        const std::lock_guard lock(mutex_);
    }
    changed_.notify_all();
}

bool VcpuThread::wait(const std::function<bool()>& condition,
                      std::chrono::steady_clock::time_point until, std::chrono::microseconds poll) {
    std::unique_lock lock(mutex_);
    while (!condition()) {
        if (failure_) std::rethrow_exception(failure_);
        if (std::chrono::steady_clock::now() >= until) return false;
        changed_.wait_for(lock, poll);
    }
    return true;
}

bool VcpuThread::wait_parked() {
    std::unique_lock lock(mutex_);
    const bool in_time = changed_.wait_for(
        lock, kTimeout, [this] { return failure_ || (parked_ && !hooks_.has_work()); });
    if (failure_) std::rethrow_exception(failure_);
    return in_time;
}

void VcpuThread::check() {
    const std::lock_guard lock(mutex_);
    if (failure_) std::rethrow_exception(failure_);
}

bool VcpuThread::parked() {
    const std::lock_guard lock(mutex_);
    return parked_;
}

std::uint64_t VcpuThread::exits() {
    const std::lock_guard lock(mutex_);
    return exits_;
}

pid_t VcpuThread::tid() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kTimeout, [this] { return tid_ != 0; });
    return tid_;
}

std::chrono::nanoseconds VcpuThread::cpu_time() {
    clockid_t clock{};
    timespec used{};
    if (const int error = pthread_getcpuclockid(thread_.native_handle(), &clock); error != 0)
        throw SysError(error, "pthread_getcpuclockid");
    if (clock_gettime(clock, &used) != 0) throw_errno("clock_gettime(of a vCPU's thread)");
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

void VcpuThread::kick_locked() {
    if (!inside_) return;
    __atomic_store_n(&vcpu_.run().immediate_exit, std::uint8_t{1}, __ATOMIC_SEQ_CST);
    pthread_kill(thread_.native_handle(), kKickSignal);
}

void VcpuThread::body() {
    block_other_signals();
    std::unique_lock lock(mutex_);
    tid_ = gettid();
    changed_.notify_all();
    try {
        if (policy_ == Policy::kBackground) yield_to_everyone();
        while (!stop_) {
            if (pauses_ > 0) {
                changed_.wait(lock);
            } else if (parked_ && !hooks_.has_work()) {
                changed_.wait(lock);
            } else {
                parked_ = false;
                inside_ = true;
                vcpu_.run().immediate_exit = 0;
                lock.unlock();
                const int error = vcpu_.enter();
                lock.lock();
                inside_ = false;
                ++exits_;
                handle_exit(lock, error);
                changed_.notify_all();
            }
        }
    } catch (...) {
        if (!lock.owns_lock()) lock.lock();
        inside_ = false;
        failure_ = std::current_exception();
    }
    changed_.notify_all();
}

void VcpuThread::handle_exit(std::unique_lock<std::mutex>& lock, int error) {
    if (error == EINTR || error == EAGAIN) return;
    if (error == EFAULT && hooks_.memory_comes_back) {
        ++denials_;
        return;
    }
    if (error != 0) throw run_error(vcpu_, error);
    const auto reason = vcpu_.run().exit_reason;
    if (reason == KVM_EXIT_INTR) return;
    if (vcpu_.rings_doorbell()) {
        parked_ = true;
    } else if (reason == KVM_EXIT_MMIO && hooks_.mmio && hooks_.mmio(vcpu_.run())) {
        return;
    } else if (const auto wanted = arch::wanted_data(vcpu_.run()); !wanted.empty() && hooks_.data) {
        hooks_.data(wanted);
    } else if (reason == KVM_EXIT_DIRTY_RING_FULL && hooks_.ring_full) {
        // A collector may hold the log's lock and wait in pause() for this very thread.
        changed_.notify_all();
        lock.unlock();
        hooks_.ring_full();
        lock.lock();
    } else {
        throw exit_error(vcpu_);
    }
}

}  // namespace mmuw
