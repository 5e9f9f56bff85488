// SPDX-License-Identifier: GPL-2.0-only
#include "machine/held_reads.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <format>

#include "base/sys_error.h"
#include "machine/setting.h"
#include "machine/unavailable.h"

namespace mmuw {
namespace {

std::string number_of(const std::string& device) {
    struct stat status{};
    if (stat(device.c_str(), &status) != 0) throw_errno("stat({})", device);
    return std::format("{}:{}", major(status.st_rdev), minor(status.st_rdev));
}

}  // namespace

HeldReads::HeldReads(MachineGuard& guard, const std::string& device)
    : cgroup_(guard, "io", "CONFIG_BLK_CGROUP, or v1 has it"), device_(number_of(device)) {
    if (!has_setting(cgroup_.path() + "/io.max"))
        throw Unavailable("the kernel has no io.max (CONFIG_BLK_DEV_THROTTLING)");
    try {
        let_go();
    } catch (const SysError& error) {
        const int why = error.code().value();
        if (why != EINVAL && why != ENODEV && why != EOPNOTSUPP) throw;
        throw Unavailable(std::format("no limit of reads from {} (a partition has none): {}",
                                      device, error.what()));
    }
}

HeldReads::~HeldReads() {
    try {
        let_go();
    } catch (const SysError&) {
        // The limit goes with the cgroup.
    }
}

void HeldReads::stop() {
    limit("2");  // the least that 6.12 takes
}

void HeldReads::let_go() {
    limit("max");
}

void HeldReads::limit(const std::string& reads) {
    write_setting(cgroup_.path() + "/io.max", std::format("{} riops={}", device_, reads));
}

}  // namespace mmuw
