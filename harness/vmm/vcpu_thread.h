// SPDX-License-Identifier: GPL-2.0-only
// The thread that runs one vCPU.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <thread>

#include "vmm/vcpu.h"

namespace mmuw {

// Runs KVM_RUN again and again until stopped. A doorbell exit parks the thread until has_work().
//
// Kicking a vCPU out: run->immediate_exit is set first, then the thread gets a signal. Before
// KVM_RUN looked at immediate_exit, the flag ends it; after, the signal does. The flag is only
// cleared by the thread itself, under the mutex, when nobody wants it out. So no kick is lost and
// no signal mask is needed.
class VcpuThread {
  public:
    struct Hooks {
        std::function<bool()> has_work;   // a parked vCPU may go on; called under the mutex
        std::function<void()> ring_full;  // on KVM_EXIT_DIRTY_RING_FULL, out of KVM_RUN
        // On KVM_EXIT_MMIO, under the mutex; false: an access that nobody expects.
        std::function<bool(kvm_run&)> mmio;
        // On an exit that wants data (arch::wanted_data()); without, nobody expects one.
        std::function<void(std::span<std::byte>)> data;
        // On EFAULT of KVM_RUN: the host's mapping does not allow the guest's access. True: it will
        // again soon, and the vCPU tries until then.
        bool memory_comes_back = false;
    };
    // kBackground: SCHED_IDLE. A polling guest takes all of a CPU, and a thread of the default
    // policy that wakes up (the harness, a flusher, a journal) would wait for the next tick to
    // take it back: EEVDF lets the running one finish its slice (RUN_TO_PARITY). SCHED_IDLE is
    // preempted at once. Its price: little CPU beside busy neighbours on a loaded machine.
    enum class Policy { kBackground, kNormal };
    static constexpr std::chrono::seconds kTimeout{20};

    VcpuThread(Vcpu& vcpu, Hooks hooks, Policy policy = Policy::kBackground);
    ~VcpuThread();  // stop(), join
    VcpuThread(const VcpuThread&) = delete;
    VcpuThread& operator=(const VcpuThread&) = delete;

    void start();
    // Returns when the thread is out of KVM_RUN, and stays out until as many resume()s. May be
    // called on any thread, also on another vCPU's. Throws what ended the vCPU, or
    // std::runtime_error after kTimeout (the pause is taken back then).
    void pause();
    void resume();
    // Out of KVM_RUN once and in again (if not paused).
    void kick() {
        pause();
        resume();
    }
    // There may be work for a parked vCPU.
    void wake();
    // Sleeps until condition() holds, asking it whenever the vCPU came out of KVM_RUN and at
    // least every `poll`. False: the time is over. Throws what ended the vCPU.
    bool wait(const std::function<bool()>& condition, std::chrono::steady_clock::time_point until,
              std::chrono::microseconds poll);
    // Sleeps until the vCPU is parked with nothing to do. False: not within kTimeout.
    bool wait_parked();
    // Throws what ended the vCPU, if anything did.
    void check();
    // Parked at the doorbell, nothing to do.
    [[nodiscard]] bool parked();
    // Returns from KVM_RUN to userspace so far, kicks included.
    [[nodiscard]] std::uint64_t exits();
    // Of these, with EFAULT: Hooks::memory_comes_back. Also for a condition of wait().
    [[nodiscard]] std::uint64_t denials() const { return denials_; }
    [[nodiscard]] pid_t tid();
    // That it has used, in KVM and in the guest as well; after start().
    [[nodiscard]] std::chrono::nanoseconds cpu_time();

  private:
    void body();
    void handle_exit(std::unique_lock<std::mutex>& lock, int error);
    void kick_locked();

    Vcpu& vcpu_;
    Hooks hooks_;
    Policy policy_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool inside_ = false;  // between deciding to enter KVM_RUN and having left it
    bool parked_ = false;
    bool stop_ = false;
    int pauses_ = 0;
    std::uint64_t exits_ = 0;
    std::atomic<std::uint64_t> denials_ = 0;
    pid_t tid_ = 0;
    std::exception_ptr failure_;
    std::thread thread_;
};

}  // namespace mmuw
