// SPDX-License-Identifier: GPL-2.0-only
#include "machine/memory_cgroup.h"

#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <format>
#include <fstream>

#include "base/sys_error.h"
#include "machine/setting.h"
#include "machine/unavailable.h"

namespace mmuw {
namespace {

// Where cgroup v2 is mounted; mounts it if it is nowhere.
std::string cgroup_root(MachineGuard& guard) {
    std::ifstream mounts("/proc/self/mounts");
    for (std::string device, directory, type, rest; mounts >> device >> directory >> type;) {
        if (type == "cgroup2") return directory;
        std::getline(mounts, rest);
    }
    char directory[] = "/tmp/mmuwitness-cgroup-XXXXXX";
    if (mkdtemp(directory) == nullptr) throw_errno("mkdtemp({})", directory);
    guard.rmdir_later(directory);
    if (mount("cgroup2", directory, "cgroup2", 0, nullptr) != 0) {
        const int error = errno;
        throw Unavailable(std::format("cgroup v2 cannot be mounted: {}", strerror(error)));
    }
    guard.unmount_later(directory);
    return directory;
}

bool has_word(const std::string& path, const std::string& wanted) {
    std::ifstream file(path);
    for (std::string word; file >> word;)
        if (word == wanted) return true;
    return false;
}

// The line "0::PATH": cgroup v2.
std::string home_below(const std::string& root) {
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("0::")) return root + line.substr(3);
    return root;
}

}  // namespace

MemoryCgroup::MemoryCgroup(MachineGuard& guard) {
    const std::string root = cgroup_root(guard);
    const std::string home = home_below(root);
    const std::string path = std::format("{}/mmuwitness-{}", root, getpid());
    if (home == path) {
        path_ = path;
        return;
    }
    if (!has_word(root + "/cgroup.controllers", "memory"))
        throw Unavailable("cgroup v2 has no memory controller (CONFIG_MEMCG, cgroup_disable=, v1)");
    const std::string children = root + "/cgroup.subtree_control";
    if (!has_word(children, "memory")) {
        guard.write_later(children, "-memory");
        write_setting(children, "+memory");
    }
    guard.rmdir_later(path);
    if (mkdir(path.c_str(), 0755) != 0) throw_errno("mkdir({})", path);
    if (!has_setting(path + "/memory.reclaim"))
        throw Unavailable("the kernel has no memory.reclaim");
    write_setting(path + "/cgroup.procs", "0");
    home_ = home;
    path_ = path;
}

MemoryCgroup::~MemoryCgroup() {
    try {
        if (!home_.empty()) write_setting(home_ + "/cgroup.procs", "0");
    } catch (const SysError&) {
        // Then the guard cannot remove the cgroup, and says so.
    }
}

void MemoryCgroup::reclaim(std::uint64_t bytes) {
    try {
        write_setting(path_ + "/memory.reclaim", std::to_string(bytes));
    } catch (const SysError& error) {
        if (error.code().value() != EAGAIN && error.code().value() != EINTR) throw;
    }
}

}  // namespace mmuw
