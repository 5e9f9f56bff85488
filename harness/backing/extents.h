// SPDX-License-Identifier: GPL-2.0-only
// Where a file's bytes lie on its block device.
#pragma once

#include <cstdint>
#include <vector>

namespace mmuw {

struct Extent {  // bytes
    std::uint64_t logical;
    std::uint64_t physical;  // from the start of the filesystem's device
    std::uint64_t length;
    std::uint32_t flags;  // FIEMAP_EXTENT_*
    bool operator==(const Extent&) const = default;
};

// FS_IOC_FIEMAP without FIEMAP_FLAG_SYNC, which would write back what is to be found missing.
// SysError(EOPNOTSUPP) where the filesystem has none.
std::vector<Extent> read_extents(int fd);

// The pieces of [offset, offset + length) in file order. std::runtime_error on a hole and on an
// extent whose bytes are not the file's: unwritten, delayed, inline, encoded, unaligned.
std::vector<Extent> locate(const std::vector<Extent>& extents, std::uint64_t offset,
                           std::uint64_t length);

}  // namespace mmuw
