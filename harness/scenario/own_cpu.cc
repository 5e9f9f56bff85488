// SPDX-License-Identifier: GPL-2.0-only
#include "scenario/own_cpu.h"

#include <filesystem>
#include <functional>
#include <string>

#include "base/sys_error.h"

namespace mmuw {

namespace {

// A thread may be gone by the time its mask is set: nothing is lost.
void each_thread(const std::function<void(pid_t)>& visit) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task"))
        visit(static_cast<pid_t>(std::stol(entry.path().filename().string())));
}

}  // namespace

OwnCpu::OwnCpu(pid_t vcpu_thread) {
    if (sched_getaffinity(0, sizeof before_, &before_) != 0) throw_errno("sched_getaffinity");
    if (CPU_COUNT(&before_) < 2) return;
    int last = CPU_SETSIZE - 1;
    while (!CPU_ISSET(last, &before_)) last--;
    cpu_set_t own;
    CPU_ZERO(&own);
    CPU_SET(last, &own);
    cpu_set_t rest = before_;
    CPU_CLR(last, &rest);
    each_thread([&](pid_t thread) {
        sched_setaffinity(thread, sizeof own, thread == vcpu_thread ? &own : &rest);
    });
}

OwnCpu::~OwnCpu() {
    each_thread([this](pid_t thread) { sched_setaffinity(thread, sizeof before_, &before_); });
}

}  // namespace mmuw
