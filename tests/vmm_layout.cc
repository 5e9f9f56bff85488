// SPDX-License-Identifier: GPL-2.0-only
// Nothing in the private slot overlaps, whatever the sizes; and the payload fits its place.
#include <gtest/gtest.h>

#include "guest/protocol.h"
#include "vmm/layout.h"
#include "vmm/payload.h"

namespace mmuw {
namespace {

TEST(PrivateLayout, PartsFollowEachOther) {
    const PrivateLayout layout{.vcpus = 3, .data_pages = 10000};
    EXPECT_EQ(layout.stack_top(0), layout.control(1));
    EXPECT_EQ(layout.stack_top(2), layout.journal(0));
    EXPECT_GE(layout.journal(1) - layout.journal(0), 10000U * 8);
    EXPECT_EQ(layout.bytes(), layout.journal(2) + layout.journal_bytes());
    EXPECT_EQ(layout.bytes() % PrivateLayout::kUnit, 0U);
    EXPECT_LT(layout.control(0) + sizeof(guest::Control), layout.stack_top(0));
}

TEST(Payload, IsThereAndFits) {
    EXPECT_GT(payload_image().size(), 0U);
    EXPECT_LE(payload_image().size(), PrivateLayout::kUnit);
}

}  // namespace
}  // namespace mmuw
