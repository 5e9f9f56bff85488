// SPDX-License-Identifier: GPL-2.0-only
// From file offsets to device offsets.
#include <gtest/gtest.h>
#include <linux/fiemap.h>

#include <stdexcept>
#include <vector>

#include "backing/extents.h"
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

TEST(Lanes, AreWordsOfAPage) {
    std::vector<std::byte> page(4096);
    page[16] = std::byte{7};
    EXPECT_EQ(lanes_of(page, 4), (std::vector<std::uint64_t>{0, 0, 7, 0}));
    EXPECT_EQ(lane_of(page, 511), 0U);
}

}  // namespace
}  // namespace mmuw
