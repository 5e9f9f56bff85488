// SPDX-License-Identifier: GPL-2.0-only
// From file offsets to device offsets.
#include <gtest/gtest.h>
#include <linux/btrfs_tree.h>
#include <linux/fiemap.h>
#include <linux/magic.h>

#include <stdexcept>
#include <vector>

#include "backing/block_device.h"
#include "backing/btrfs.h"
#include "backing/extents.h"
#include "backing/filesystem.h"
#include "backing/lanes.h"

namespace mmuw {
namespace {

const std::vector<Extent> kTwo = {{0, 1 << 20, 8192, 0}, {8192, 5 << 20, 4096, FIEMAP_EXTENT_LAST}};

TEST(Locate, SplitsAtExtents) {
    const auto pieces = locate(kTwo, 4096, 8192);
    ASSERT_EQ(pieces.size(), 2U);
    EXPECT_EQ(pieces[0], (Extent{4096, (1 << 20) + 4096, 4096, 0}));
    EXPECT_EQ(pieces[1], (Extent{8192, 5 << 20, 4096, FIEMAP_EXTENT_LAST}));
}

TEST(Locate, StaysInsideOneExtent) {
    const auto pieces = locate(kTwo, 0, 4096);
    ASSERT_EQ(pieces.size(), 1U);
    EXPECT_EQ(pieces[0].length, 4096U);
}

TEST(Locate, RefusesHolesAndTheEnd) {
    EXPECT_THROW(locate(kTwo, 8192, 8192), std::runtime_error);
    EXPECT_THROW(locate({{4096, 0, 4096, 0}}, 0, 4096), std::runtime_error);
    EXPECT_THROW(locate({}, 0, 4096), std::runtime_error);
}

TEST(Locate, RefusesBlocksThatDoNotHoldTheBytes) {
    for (const std::uint32_t flag : {FIEMAP_EXTENT_UNWRITTEN, FIEMAP_EXTENT_DELALLOC,
                                     FIEMAP_EXTENT_DATA_INLINE, FIEMAP_EXTENT_ENCODED})
        EXPECT_THROW(locate({{0, 0, 4096, flag}}, 0, 4096), std::runtime_error) << flag;
    // But one that is not asked for does no harm.
    const std::vector<Extent> mixed = {{0, 0, 4096, FIEMAP_EXTENT_UNWRITTEN}, {4096, 0, 4096, 0}};
    EXPECT_EQ(locate(mixed, 4096, 4096).size(), 1U);
}

constexpr std::uint64_t kMega = 1 << 20;
const std::vector<BtrfsChunk> kChunks = {
    {.logical = kMega, .length = kMega, .profile = 0, .device = 1, .physical = 9 * kMega},
    {.logical = 2 * kMega,
     .length = kMega,
     .profile = BTRFS_BLOCK_GROUP_DUP,
     .device = 1,
     .physical = 4 * kMega},
    {.logical = 8 * kMega,
     .length = kMega,
     .profile = BTRFS_BLOCK_GROUP_RAID0,
     .device = 1,
     .physical = 0},
    {.logical = 9 * kMega, .length = kMega, .profile = 0, .device = 2, .physical = 0}};

TEST(Btrfs, ChunksSayWhereAnAddressIsOnTheDevice) {
    EXPECT_EQ(to_device({{8192, kMega + 4096, 4096, 0}}, kChunks, 1),
              (std::vector<Extent>{{8192, 9 * kMega + 4096, 4096, 0}}));
    EXPECT_EQ(to_device({{0, 2 * kMega - 4096, 8192, FIEMAP_EXTENT_LAST}}, kChunks, 1),
              (std::vector<Extent>{{0, 10 * kMega - 4096, 4096, FIEMAP_EXTENT_LAST},
                                   {4096, 4 * kMega, 4096, FIEMAP_EXTENT_LAST}}));
}

TEST(Btrfs, RefusesWhatIsNotOnTheDeviceAsItIs) {
    EXPECT_THROW(to_device({{0, 8 * kMega, 4096, 0}}, kChunks, 1), NoDevice);
    EXPECT_THROW(to_device({{0, 9 * kMega, 4096, 0}}, kChunks, 1), NoDevice);
    EXPECT_THROW(to_device({{0, 3 * kMega, 4096, 0}}, kChunks, 1), std::runtime_error);
    EXPECT_THROW(to_device({{0, 0, 4096, 0}}, kChunks, 1), std::runtime_error);
}

TEST(Filesystem, IsKnownByItsMagic) {
    EXPECT_EQ(filesystem_of_magic(EXT4_SUPER_MAGIC).name, "ext4");
    EXPECT_EQ(filesystem_of_magic(0x12345678).name, "0x12345678");
    EXPECT_EQ(filesystem_of_magic(XFS_SUPER_MAGIC).why_no_writeback(), "");
    EXPECT_FALSE(filesystem_of_magic(BTRFS_SUPER_MAGIC).overwrites);
    EXPECT_EQ(filesystem_of_magic(TMPFS_MAGIC).why_no_writeback(),
              "tmpfs has no writeback: its page cache is the storage");
    EXPECT_THROW(filesystem_at("/nonexistent"), std::runtime_error);
}

TEST(Lanes, AreWordsOfAPage) {
    std::vector<std::byte> page(4096);
    page[16] = std::byte{7};
    EXPECT_EQ(lanes_of(page, 4), (std::vector<std::uint64_t>{0, 0, 7, 0}));
    EXPECT_EQ(lane_of(page, 511), 0U);
}

}  // namespace
}  // namespace mmuw
