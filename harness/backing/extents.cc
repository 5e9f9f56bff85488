// SPDX-License-Identifier: GPL-2.0-only
#include "backing/extents.h"

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cstddef>
#include <format>
#include <stdexcept>

#include "base/sys_error.h"

namespace mmuw {
namespace {

constexpr std::uint32_t kBatch = 64;
constexpr std::uint32_t kNotTheBytes = FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC |
                                       FIEMAP_EXTENT_ENCODED | FIEMAP_EXTENT_DATA_ENCRYPTED |
                                       FIEMAP_EXTENT_NOT_ALIGNED | FIEMAP_EXTENT_DATA_INLINE |
                                       FIEMAP_EXTENT_DATA_TAIL | FIEMAP_EXTENT_UNWRITTEN;

}  // namespace

std::vector<Extent> read_extents(int fd) {
    std::vector<Extent> extents;
    std::vector<std::byte> memory(sizeof(fiemap) + kBatch * sizeof(fiemap_extent));
    auto* map = reinterpret_cast<fiemap*>(memory.data());
    for (std::uint64_t start = 0;;) {
        *map = fiemap{};
        map->fm_start = start;
        map->fm_length = FIEMAP_MAX_OFFSET - start;
        map->fm_extent_count = kBatch;
        if (ioctl(fd, FS_IOC_FIEMAP, map) != 0)
            throw_errno("FS_IOC_FIEMAP(fd {}, from byte {})", fd, start);
        for (std::uint32_t i = 0; i < map->fm_mapped_extents; i++) {
            const fiemap_extent& e = map->fm_extents[i];
            extents.push_back({e.fe_logical, e.fe_physical, e.fe_length, e.fe_flags});
        }
        if (map->fm_mapped_extents < kBatch) return extents;
        start = extents.back().logical + extents.back().length;
    }
}

std::vector<Extent> locate(const std::vector<Extent>& extents, std::uint64_t offset,
                           std::uint64_t length) {
    std::vector<Extent> pieces;
    const std::uint64_t end = offset + length;
    for (const Extent& extent : extents) {
        if (offset == end) break;
        if (extent.logical + extent.length <= offset) continue;
        if (extent.logical > offset) break;
        if ((extent.flags & kNotTheBytes) != 0)
            throw std::runtime_error(
                std::format("byte {} is in an extent with flags {:#x}: its "
                            "blocks do not hold the file's bytes",
                            offset, extent.flags));
        const std::uint64_t skip = offset - extent.logical;
        const std::uint64_t take = std::min(extent.length - skip, end - offset);
        pieces.push_back({offset, extent.physical + skip, take, extent.flags});
        offset += take;
    }
    if (offset != end) throw std::runtime_error(std::format("no block behind byte {}", offset));
    return pieces;
}

}  // namespace mmuw
