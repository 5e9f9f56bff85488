// SPDX-License-Identifier: GPL-2.0-only
#include "backing/scratch_fs.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <utility>

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

}  // namespace

ScratchFs::ScratchFs(std::string directory, bool mounted)
    : directory_(std::move(directory)), mounted_(mounted) {}

ScratchFs ScratchFs::mount(const std::string& device, const std::string& type,
                           const std::string& options) {
    enter_private_mount_namespace();
    std::string directory = std::filesystem::temp_directory_path() / "mmuwitness-XXXXXX";
    if (mkdtemp(directory.data()) == nullptr) throw_errno("mkdtemp({})", directory);
    if (::mount(device.c_str(), directory.c_str(), type.c_str(), 0, options.c_str()) != 0) {
        const int error = errno;
        rmdir(directory.c_str());
        throw SysError(error,
                       std::format("mount({}, {}, {}, \"{}\")", device, directory, type, options));
    }
    return {directory, true};
}

ScratchFs ScratchFs::use(const std::string& directory) {
    if (access(directory.c_str(), W_OK) != 0) throw_errno("access({}, W_OK)", directory);
    return {directory, false};
}

ScratchFs::ScratchFs(ScratchFs&& other) noexcept
    : directory_(std::move(other.directory_)), mounted_(std::exchange(other.mounted_, false)) {}

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
