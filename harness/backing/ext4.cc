// SPDX-License-Identifier: GPL-2.0-only
#include "backing/ext4.h"

#include <fcntl.h>
#include <linux/ext4.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include <cstdint>
#include <filesystem>
#include <fstream>

#include "backing/block_device.h"
#include "base/fd.h"
#include "base/sys_error.h"

namespace mmuw {

bool ext4_journals_data(const std::string& path) {
    const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) throw_errno("open({})", path);
    int flags = 0;
    if (ioctl(fd.get(), FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_JOURNAL_DATA_FL) != 0)
        return true;
    try {
        // /proc/mounts leaves out what the filesystem has as its default.
        const std::filesystem::path device = block_device_of(fd.get());
        std::ifstream options("/proc/fs/ext4/" + device.filename().string() + "/options");
        for (std::string line; std::getline(options, line);)
            if (line == "data=journal") return true;
    } catch (const NoDevice&) {
        return false;
    }
    return false;
}

void checkpoint_ext4(int fd) {
    std::uint32_t flags = 0;
    if (ioctl(fd, EXT4_IOC_CHECKPOINT, &flags) != 0) throw_errno("EXT4_IOC_CHECKPOINT");
}

}  // namespace mmuw
