// SPDX-License-Identifier: GPL-2.0-only
#include "backing/scratch_fs.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <format>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/sys_error.h"

namespace mmuw {
namespace {

void enter_private_mount_namespace() {
    namespace fs = std::filesystem;
    const fs::directory_iterator tasks("/proc/self/task");
    if (std::distance(fs::begin(tasks), fs::end(tasks)) != 1)
        throw std::runtime_error("ScratchFs::mount: too late, the process has several threads");
    if (unshare(CLONE_NEWNS) != 0) throw_errno("unshare(CLONE_NEWNS)");
    // In the initramfs' root too, where this changes nothing.
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        throw_errno("mount(/, MS_REC | MS_PRIVATE)");
}

// The usual ones first, by name: asked for, the kernel loads their modules. Then all that it has.
std::vector<std::string> disk_filesystems() {
    std::vector<std::string> types = {"ext4", "xfs", "btrfs", "f2fs"};
    std::ifstream known("/proc/filesystems");
    for (std::string line; std::getline(known, line);)
        if (line.starts_with('\t') && !std::ranges::contains(types, line.substr(1)))
            types.push_back(line.substr(1));
    return types;
}

void mount_whatever_it_is(const std::string& device, const std::string& directory) {
    for (const std::string& type : disk_filesystems()) {
        if (::mount(device.c_str(), directory.c_str(), type.c_str(), MS_SILENT, nullptr) == 0)
            return;
        // EINVAL: not one of these; ENODEV: the kernel has no such filesystem.
        if (errno != EINVAL && errno != ENODEV)
            throw_errno("mount({}, {}, {})", device, directory, type);
    }
    throw std::runtime_error(
        std::format("mount({}): no filesystem that this kernel knows: make one, e.g. mkfs.ext4 {}",
                    device, device));
}

// A new directory, for `mount` to mount something at.
std::string mounted_by(const std::function<void(const std::string&)>& mount) {
    enter_private_mount_namespace();
    std::string directory = std::filesystem::temp_directory_path() / "mmuwitness-XXXXXX";
    if (mkdtemp(directory.data()) == nullptr) throw_errno("mkdtemp({})", directory);
    try {
        mount(directory);
    } catch (...) {
        rmdir(directory.c_str());
        throw;
    }
    return directory;
}

}  // namespace

ScratchFs::ScratchFs(std::string directory, bool mounted)
    : directory_(std::move(directory)), filesystem_(filesystem_at(directory_)), mounted_(mounted) {}

ScratchFs ScratchFs::mount(const std::string& device) {
    return {mounted_by([&](const std::string& at) { mount_whatever_it_is(device, at); }), true};
}

ScratchFs ScratchFs::mount_tmpfs() {
    return {mounted_by([](const std::string& at) {
                if (::mount("tmpfs", at.c_str(), "tmpfs", 0, nullptr) != 0)
                    throw_errno("mount(tmpfs, {})", at);
            }),
            true};
}

ScratchFs ScratchFs::use(const std::string& directory) {
    if (access(directory.c_str(), W_OK) != 0) throw_errno("access({}, W_OK)", directory);
    return {directory, false};
}

ScratchFs::ScratchFs(ScratchFs&& other) noexcept
    : directory_(std::move(other.directory_)),
      filesystem_(std::move(other.filesystem_)),
      mounted_(std::exchange(other.mounted_, false)) {}

ScratchFs::~ScratchFs() {
    if (!mounted_ || unmount() == 0) return;
    umount2(directory_.c_str(), MNT_DETACH);
    rmdir(directory_.c_str());
}

int ScratchFs::unmount() {
    if (!mounted_) return 0;
    if (umount2(directory_.c_str(), 0) != 0) return errno;
    rmdir(directory_.c_str());
    mounted_ = false;
    return 0;
}

}  // namespace mmuw
