// SPDX-License-Identifier: GPL-2.0-only
#include "backing/btrfs.h"

#include <endian.h>
#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cstring>
#include <format>
#include <memory>
#include <stdexcept>

#include "backing/block_device.h"
#include "base/sys_error.h"

namespace mmuw {
namespace {

BtrfsChunk decode(std::uint64_t logical, const btrfs_chunk& item) {
    return {.logical = logical,
            .length = le64toh(item.length),
            .profile = le64toh(item.type) & BTRFS_BLOCK_GROUP_PROFILE_MASK,
            .device = le64toh(item.stripe.devid),
            .physical = le64toh(item.stripe.offset)};
}

}  // namespace

std::vector<BtrfsChunk> read_btrfs_chunks(int fd) {
    std::vector<BtrfsChunk> chunks;
    auto args = std::make_unique<btrfs_ioctl_search_args>();
    btrfs_ioctl_search_key& key = args->key;
    key.tree_id = BTRFS_CHUNK_TREE_OBJECTID;
    key.min_objectid = key.max_objectid = BTRFS_FIRST_CHUNK_TREE_OBJECTID;
    key.min_type = key.max_type = BTRFS_CHUNK_ITEM_KEY;
    key.max_offset = key.max_transid = UINT64_MAX;
    for (;;) {
        key.nr_items = UINT32_MAX;  // as many as fit
        if (ioctl(fd, BTRFS_IOC_TREE_SEARCH, args.get()) != 0)
            throw_errno("BTRFS_IOC_TREE_SEARCH(chunk tree)");
        if (key.nr_items == 0) return chunks;
        const char* at = args->buf;
        for (std::uint32_t i = 0; i < key.nr_items; i++) {
            btrfs_ioctl_search_header header{};
            std::memcpy(&header, at, sizeof(header));
            at += sizeof(header);
            btrfs_chunk item{};
            if (header.len < sizeof(item)) throw std::runtime_error("btrfs: a chunk item is short");
            std::memcpy(&item, at, sizeof(item));
            at += header.len;
            chunks.push_back(decode(header.offset, item));
        }
        key.min_offset = chunks.back().logical + 1;
    }
}

std::vector<Extent> to_device(const std::vector<Extent>& extents,
                              const std::vector<BtrfsChunk>& chunks, std::uint64_t device) {
    std::vector<Extent> moved;
    for (Extent extent : extents) {
        // An extent lies within one chunk (btrfs_reserve_extent()); FIEMAP may join two.
        while (extent.length > 0) {
            const auto in = [&](const BtrfsChunk& c) {
                return extent.physical >= c.logical && extent.physical - c.logical < c.length;
            };
            const auto chunk = std::ranges::find_if(chunks, in);
            if (chunk == chunks.end())
                throw std::runtime_error(
                    std::format("btrfs: address {:#x} is in no chunk", extent.physical));
            if ((chunk->profile & ~std::uint64_t{BTRFS_BLOCK_GROUP_DUP}) != 0 ||
                chunk->device != device)
                throw NoDevice("btrfs: the file's blocks are spread over devices");
            const std::uint64_t skip = extent.physical - chunk->logical;
            const std::uint64_t take = std::min(extent.length, chunk->length - skip);
            moved.push_back({extent.logical, chunk->physical + skip, take, extent.flags});
            extent.logical += take;
            extent.physical += take;
            extent.length -= take;
        }
    }
    return moved;
}

BtrfsDevice btrfs_device_of(int fd) {
    btrfs_ioctl_fs_info_args info{};
    if (ioctl(fd, BTRFS_IOC_FS_INFO, &info) != 0) throw_errno("BTRFS_IOC_FS_INFO");
    if (info.num_devices != 1)
        throw NoDevice(std::format("this btrfs is on {} devices", info.num_devices));
    // The only one has the highest number.
    auto args = std::make_unique<btrfs_ioctl_dev_info_args>();
    args->devid = info.max_id;
    if (ioctl(fd, BTRFS_IOC_DEV_INFO, args.get()) != 0)
        throw_errno("BTRFS_IOC_DEV_INFO({})", info.max_id);
    return {.id = args->devid, .path = reinterpret_cast<const char*>(args->path)};
}

void commit_btrfs(int fd) {
    std::uint64_t transaction = 0;
    if (ioctl(fd, BTRFS_IOC_START_SYNC, &transaction) != 0) throw_errno("BTRFS_IOC_START_SYNC");
    if (ioctl(fd, BTRFS_IOC_WAIT_SYNC, &transaction) != 0) throw_errno("BTRFS_IOC_WAIT_SYNC");
}

}  // namespace mmuw
