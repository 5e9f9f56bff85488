// SPDX-License-Identifier: GPL-2.0-only
#include "machine/damon.h"

#include <unistd.h>

#include <exception>
#include <format>
#include <string>

#include "base/sys_error.h"
#include "machine/setting.h"
#include "machine/unavailable.h"

namespace mmuw {
namespace {

const std::string kThreads = "/sys/kernel/mm/damon/admin/kdamonds/";
const std::string kStat = "/sys/module/damon_stat/parameters/enabled";
const std::string kState = kThreads + "0/state";
const std::string kContext = kThreads + "0/contexts/0/";
const std::string kTarget = kContext + "targets/0/";

void configure(std::span<const std::byte> memory) {
    const auto start = reinterpret_cast<std::uintptr_t>(memory.data());
    write_setting(kThreads + "0/contexts/nr_contexts", "1");
    write_setting(kContext + "operations", "fvaddr");
    const std::string intervals = kContext + "monitoring_attrs/intervals/";
    write_setting(intervals + "sample_us", "1000");
    write_setting(intervals + "aggr_us", "20000");
    write_setting(intervals + "update_us", "1000000");
    write_setting(kContext + "targets/nr_targets", "1");
    write_setting(kTarget + "pid_target", std::to_string(getpid()));
    write_setting(kTarget + "regions/nr_regions", "1");
    write_setting(kTarget + "regions/0/start", std::to_string(start));
    write_setting(kTarget + "regions/0/end", std::to_string(start + memory.size()));
}

}  // namespace

Damon::Damon(MachineGuard& guard, std::span<const std::byte> memory) {
    const std::string threads = kThreads + "nr_kdamonds";
    if (!has_setting(threads))
        throw Unavailable("this kernel has no DAMON with an interface in sysfs");
    if (read_setting(threads) != "0") throw Unavailable("somebody uses DAMON");
    try {
        // Since 6.17 the kernel looks at the whole memory by itself, and lets nobody else.
        if (has_setting(kStat)) guard.set(kStat, "N");
        guard.set(threads, "1");
        configure(memory);
        guard.write_later(kState, "off");
        write_setting(kState, "on");
    } catch (const SysError& error) {
        throw Unavailable(std::format("DAMON: {}", error.what()));
    }
}

Damon::~Damon() {
    try {
        write_setting(kState, "off");
    } catch (const std::exception&) {
        // It has ended by itself, or its lock is taken (EBUSY): the guard goes on trying.
    }
}

}  // namespace mmuw
