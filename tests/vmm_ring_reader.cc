// SPDX-License-Identifier: GPL-2.0-only
// Harvesting a dirty ring, against a ring that this test fills and resets as KVM does
// (kvm_dirty_ring_push, kvm_dirty_ring_reset).
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "vmm/ring_reader.h"

namespace mmuw {
namespace {

using Gfns = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

struct FakeRing {
    std::array<kvm_dirty_gfn, 8> entries{};
    std::uint32_t dirty = 0;
    std::uint32_t reset_index = 0;

    void push(std::uint32_t slot, std::uint64_t offset) {
        kvm_dirty_gfn& entry = entries[dirty++ % entries.size()];
        EXPECT_EQ(entry.flags, 0U) << "KVM overwrites an entry that was not reset";
        entry.slot = slot;
        entry.offset = offset;
        entry.flags = KVM_DIRTY_GFN_F_DIRTY;
    }
    std::size_t reset() {
        std::size_t count = 0;
        while ((entries[reset_index % entries.size()].flags & KVM_DIRTY_GFN_F_RESET) != 0) {
            entries[reset_index++ % entries.size()].flags = 0;
            count++;
        }
        return count;
    }
};

Gfns harvest(RingReader& reader) {
    Gfns gfns;
    const std::size_t count = reader.harvest(
        SIZE_MAX,
        [&](std::uint32_t slot, std::uint64_t offset) { gfns.emplace_back(slot, offset); });
    EXPECT_EQ(count, gfns.size());
    return gfns;
}

TEST(RingReader, TakesEachEntryOnceInOrder) {
    FakeRing ring;
    RingReader reader(ring.entries);
    EXPECT_TRUE(harvest(reader).empty());
    ring.push(1, 7);
    ring.push(0x10002, 0);
    EXPECT_EQ(harvest(reader), (Gfns{{1, 7}, {0x10002, 0}}));
    EXPECT_TRUE(harvest(reader).empty()) << "harvested, not reset yet";
    EXPECT_EQ(ring.reset(), 2U);
    EXPECT_TRUE(harvest(reader).empty());
}

TEST(RingReader, AFullRingDoesNotGoRoundTwice) {
    FakeRing ring;
    RingReader reader(ring.entries);
    for (std::uint64_t i = 0; i < 8; i++) ring.push(1, i);
    EXPECT_EQ(harvest(reader).size(), 8U);
    EXPECT_TRUE(harvest(reader).empty());
    EXPECT_EQ(ring.reset(), 8U);
}

TEST(RingReader, WrapsManyTimes) {
    FakeRing ring;
    RingReader reader(ring.entries);
    for (std::uint64_t i = 0; i < 100; i += 3) {
        for (std::uint64_t n = 0; n < 3; n++) ring.push(2, i + n);
        EXPECT_EQ(harvest(reader), (Gfns{{2, i}, {2, i + 1}, {2, i + 2}}));
        EXPECT_EQ(ring.reset(), 3U);
    }
}

TEST(RingReader, EntriesPushedBetweenHarvestAndResetStay) {
    FakeRing ring;
    RingReader reader(ring.entries);
    ring.push(1, 1);
    EXPECT_EQ(harvest(reader).size(), 1U);
    ring.push(1, 2);
    EXPECT_EQ(ring.reset(), 1U);
    EXPECT_EQ(harvest(reader), (Gfns{{1, 2}}));
}

TEST(RingReader, RefusesSizesThatAreNoPowerOfTwo) {
    std::array<kvm_dirty_gfn, 6> entries{};
    EXPECT_THROW(RingReader{entries}, std::invalid_argument);
}

}  // namespace
}  // namespace mmuw
