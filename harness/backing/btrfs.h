// SPDX-License-Identifier: GPL-2.0-only
// btrfs has an address space of its own: FIEMAP tells addresses in it, and the chunk tree where
// they are on a device.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backing/extents.h"

namespace mmuw {

struct BtrfsChunk {  // bytes
    std::uint64_t logical;
    std::uint64_t length;
    std::uint64_t profile;   // BTRFS_BLOCK_GROUP_PROFILE_MASK of its type, 0: single
    std::uint64_t device;    // of the first copy
    std::uint64_t physical;  // there
};

// Of the filesystem that fd is on.
std::vector<BtrfsChunk> read_btrfs_chunks(int fd);

// Extents that hold a file's bytes, at device offsets. NoDevice where a chunk is striped over
// devices, or on another device; std::runtime_error for an address that is in no chunk.
std::vector<Extent> to_device(const std::vector<Extent>& extents,
                              const std::vector<BtrfsChunk>& chunks, std::uint64_t device);

struct BtrfsDevice {
    std::uint64_t id;
    std::string path;
};
// NoDevice if there are several.
BtrfsDevice btrfs_device_of(int fd);

// An fsync may return when the new blocks are in the log, before the tree that FIEMAP reads has
// them (btrfs_sync_file()). A commit waits for them (btrfs_transaction.pending_ordered), and
// starts no writeback of data: what nobody wrote back stays off the disk.
void commit_btrfs(int fd);

}  // namespace mmuw
