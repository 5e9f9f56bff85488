// SPDX-License-Identifier: GPL-2.0-only
#include "scenario/memory_cgroup.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <format>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/sys_error.h"
#include "scenario/setting.h"

namespace mmuw {

namespace {

constexpr const char* kDefaultMount = "/sys/fs/cgroup";

std::string mount_point_of_cgroup2() {
    std::ifstream mounts("/proc/self/mounts");
    for (std::string line; std::getline(mounts, line);) {
        std::istringstream words(line);
        std::string device;
        std::string where;
        std::string type;
        if (words >> device >> where >> type && type == "cgroup2") return where;
    }
    return {};
}

// "0::/PATH" is the line of cgroup v2.
std::string own_cgroup() {
    std::ifstream lines("/proc/self/cgroup");
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("0::")) return line.substr(3);
    return "/";
}

bool has_word(const std::string& text, std::string_view word) {
    std::istringstream words(text);
    for (std::string w; words >> w;)
        if (w == word) return true;
    return false;
}

}  // namespace

AgingCgroup::AgingCgroup() : mount_(mount_point_of_cgroup2()) {
    if (mount_.empty()) {
        mount_ = kDefaultMount;
        if (mount("none", mount_.c_str(), "cgroup2", 0, nullptr) != 0)
            throw_errno("mount(cgroup2, {})", mount_);
        mounted_ = true;
    }
    try {
        if (!has_word(Setting::read(mount_ + "/cgroup.controllers"), "memory"))
            throw std::runtime_error("cgroup v2 has no memory controller here");
        Setting::write(mount_ + "/cgroup.subtree_control", "+memory");
        before_ = mount_ + own_cgroup();
        directory_ = std::format("{}/mmuwitness-{}", mount_, getpid());
        if (mkdir(directory_.c_str(), 0755) != 0 && errno != EEXIST)
            throw_errno("mkdir({})", directory_);
        if (!Setting::exists(directory_ + "/memory.reclaim"))
            throw std::runtime_error("this kernel's memory cgroups have no memory.reclaim");
        if (Setting::exists(directory_ + "/memory.swap.max"))
            Setting::write(directory_ + "/memory.swap.max", "0");
        Setting::write(directory_ + "/cgroup.procs", "0");
    } catch (...) {
        leave();
        throw;
    }
}

AgingCgroup::~AgingCgroup() {
    leave();
}

void AgingCgroup::leave() {
    if (!directory_.empty()) {
        try {
            Setting::write(before_ + "/cgroup.procs", "0");
        } catch (const SysError&) {
            // Then the cgroup stays, and dies with the process' last page.
        }
        rmdir(directory_.c_str());
    }
    if (mounted_) umount2(mount_.c_str(), MNT_DETACH);
}

bool AgingCgroup::reclaim(std::uint64_t bytes) {
    try {
        Setting::write(directory_ + "/memory.reclaim", std::to_string(bytes));
        return true;
    } catch (const SysError& error) {
        if (error.code().value() != EAGAIN && error.code().value() != EINTR) throw;
        return false;
    }
}

}  // namespace mmuw
