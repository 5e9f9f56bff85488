// SPDX-License-Identifier: GPL-2.0-only
#include "machine/cgroup.h"

#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <format>
#include <fstream>
#include <thread>

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

bool is_empty(const std::string& cgroup) {
    std::ifstream file(cgroup + "/cgroup.events");
    for (std::string line; std::getline(file, line);)
        if (line == "populated 0") return true;
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

Cgroup::Cgroup(MachineGuard& guard, const std::string& controller, const std::string& needed) {
    const std::string root = cgroup_root(guard);
    const std::string home = home_below(root);
    const std::string path = std::format("{}/mmuwitness-{}", root, getpid());
    if (!has_word(root + "/cgroup.controllers", controller))
        throw Unavailable(std::format("cgroup v2 has no {} controller ({})", controller, needed));
    const std::string children = root + "/cgroup.subtree_control";
    if (!has_word(children, controller)) {
        guard.write_later(children, "-" + controller);
        write_setting(children, "+" + controller);
    }
    if (home != path) {
        guard.rmdir_later(path);
        if (mkdir(path.c_str(), 0755) != 0) throw_errno("mkdir({})", path);
        write_setting(path + "/cgroup.procs", "0");
        home_ = home;
    }
    path_ = path;
}

Cgroup::~Cgroup() {
    if (home_.empty()) return;
    try {
        write_setting(home_ + "/cgroup.procs", "0");
        // A thread that is ending does not move with the others, and may be joined before it is out
        // of its cgroup, which cannot be removed until then.
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(2);
        while (!is_empty(path_) && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    } catch (const SysError&) {
        // Then the guard cannot remove the cgroup, and says so.
    }
}

}  // namespace mmuw
