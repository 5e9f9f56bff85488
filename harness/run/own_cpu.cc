// SPDX-License-Identifier: GPL-2.0-only
#include "run/own_cpu.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "base/id_list.h"
#include "base/sys_error.h"

namespace mmuw {

namespace {

// A thread may be gone by the time its mask is set: nothing is lost.
void each_thread(const std::function<void(pid_t)>& visit) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task"))
        visit(static_cast<pid_t>(std::stol(entry.path().filename().string())));
}

// The whole mask: sched_getaffinity() leaves out CPUs that are offline just now.
cpu_set_t allowed_cpus() {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "Cpus_allowed_list:" && status >> word)
            for (const int cpu : parse_id_list(word))
                if (cpu < CPU_SETSIZE) CPU_SET(cpu, &cpus);
    return cpus;
}

}  // namespace

OwnCpu::OwnCpu(pid_t vcpu_thread) : before_(allowed_cpus()) {
    cpu_set_t rest;
    if (sched_getaffinity(0, sizeof rest, &rest) != 0) throw_errno("sched_getaffinity");
    if (CPU_COUNT(&rest) < 2) return;
    moved_ = true;
    int last = CPU_SETSIZE - 1;
    while (!CPU_ISSET(last, &rest)) last--;
    cpu_set_t own;
    CPU_ZERO(&own);
    CPU_SET(last, &own);
    CPU_CLR(last, &rest);
    each_thread([&](pid_t thread) {
        sched_setaffinity(thread, sizeof own, thread == vcpu_thread ? &own : &rest);
    });
}

OwnCpu::~OwnCpu() {
    if (!moved_) return;
    each_thread([this](pid_t thread) { sched_setaffinity(thread, sizeof before_, &before_); });
}

SharedCpu::SharedCpu(pid_t vcpu_thread) : vcpu_thread_(vcpu_thread), before_(allowed_cpus()) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    for (const pid_t thread : {0, vcpu_thread_}) sched_setaffinity(thread, sizeof one, &one);
}

SharedCpu::~SharedCpu() {
    for (const pid_t thread : {0, vcpu_thread_})
        sched_setaffinity(thread, sizeof before_, &before_);
}

}  // namespace mmuw
