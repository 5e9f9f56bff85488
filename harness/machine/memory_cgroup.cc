// SPDX-License-Identifier: GPL-2.0-only
#include "machine/memory_cgroup.h"

#include <cerrno>

#include "base/sys_error.h"
#include "machine/setting.h"
#include "machine/unavailable.h"

namespace mmuw {

MemoryCgroup::MemoryCgroup(MachineGuard& guard)
    : cgroup_(guard, "memory", "CONFIG_MEMCG, cgroup_disable=, or v1 has it") {
    if (!has_setting(path() + "/memory.reclaim"))
        throw Unavailable("the kernel has no memory.reclaim");
}

void MemoryCgroup::reclaim(std::uint64_t bytes) {
    try {
        write_setting(path() + "/memory.reclaim", std::to_string(bytes));
    } catch (const SysError& error) {
        if (error.code().value() != EAGAIN && error.code().value() != EINTR) throw;
    }
}

}  // namespace mmuw
