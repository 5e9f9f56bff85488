// SPDX-License-Identifier: GPL-2.0-only
// A timer that kicks one thread, on the CPU that it runs on, in the middle of whatever the kernel
// does for it.
#pragma once

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <ctime>

#include "base/sys_error.h"
#include "vmm/kick.h"

namespace mmuw {

class ThreadTimer {
  public:
    explicit ThreadTimer(pid_t thread) {
        sigevent event{};
        event.sigev_notify = SIGEV_THREAD_ID;
        event.sigev_signo = kKickSignal;
        event._sigev_un._tid = thread;
        if (timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0) throw_errno("timer_create");
    }
    ~ThreadTimer() { timer_delete(timer_); }
    ThreadTimer(const ThreadTimer&) = delete;
    ThreadTimer& operator=(const ThreadTimer&) = delete;

    // Less than a second each. 0: no more.
    void set(std::chrono::nanoseconds first, std::chrono::nanoseconds then) {
        const itimerspec when = {.it_interval = {0, then.count()}, .it_value = {0, first.count()}};
        timer_settime(timer_, 0, &when, nullptr);
    }

  private:
    timer_t timer_{};
};

}  // namespace mmuw
