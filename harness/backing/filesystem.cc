// SPDX-License-Identifier: GPL-2.0-only
#include "backing/filesystem.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <format>

#include "backing/ext4.h"
#include "base/sys_error.h"

namespace mmuw {

std::string Filesystem::why_no_writeback() const {
    return writes_back ? "" : name + " has no writeback: its page cache is the storage";
}

Filesystem filesystem_of_magic(std::uint64_t magic) {
    switch (magic) {
        case EXT4_SUPER_MAGIC:
            return {.name = "ext4"};
        case XFS_SUPER_MAGIC:
            return {.name = "xfs"};
        case BTRFS_SUPER_MAGIC:
            return {.name = "btrfs", .overwrites = false};
        case TMPFS_MAGIC:
            return {.name = "tmpfs", .writes_back = false};
        case RAMFS_MAGIC:
            return {.name = "ramfs", .writes_back = false};
        case HUGETLBFS_MAGIC:
            return {.name = "hugetlbfs", .writes_back = false};
        case F2FS_SUPER_MAGIC:
            return {.name = "f2fs", .overwrites = false};
        case OVERLAYFS_SUPER_MAGIC:
            return {.name = "overlay"};
        default:
            return {.name = std::format("{:#x}", magic)};
    }
}

Filesystem filesystem_at(const std::string& path) {
    struct statfs system{};
    if (statfs(path.c_str(), &system) != 0) throw_errno("statfs({})", path);
    Filesystem found = filesystem_of_magic(static_cast<std::uint32_t>(system.f_type));
    if (found.name == "ext4" && ext4_journals_data(path)) {
        found.name = "ext4-journal";
        found.journals_data = true;
    }
    return found;
}

}  // namespace mmuw
