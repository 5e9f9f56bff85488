// SPDX-License-Identifier: GPL-2.0-only
// PageBitmap has the layout of KVM's bitmaps and treats the last, partial word right.
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "vmm/page_bitmap.h"

namespace mmuw {
namespace {

TEST(PageBitmap, HasKvmsLayout) {
    PageBitmap pages(130);
    EXPECT_EQ(pages.words().size(), 3U);
    pages.set(0);
    pages.set(65);
    pages.set(129);
    EXPECT_EQ(pages.words()[0], 1U);
    EXPECT_EQ(pages.words()[1], 2U);
    EXPECT_EQ(pages.words()[2], 2U);
    EXPECT_EQ(pages.count(), 3U);
    EXPECT_TRUE(pages.test(65));
    EXPECT_FALSE(pages.test(64));
}

TEST(PageBitmap, VisitsAscending) {
    PageBitmap pages(200);
    pages.set_range(62, 4);
    pages.set(199);
    std::vector<std::size_t> seen;
    pages.each([&](std::size_t page) { seen.push_back(page); });
    EXPECT_EQ(seen, (std::vector<std::size_t>{62, 63, 64, 65, 199}));
}

TEST(PageBitmap, MergesAndClears) {
    PageBitmap a(70);
    PageBitmap b(70);
    a.set(1);
    b.set(69);
    a.merge(b);
    EXPECT_EQ(a.count(), 2U);
    a.clear(1);
    EXPECT_EQ(a, b);
    a.clear();
    EXPECT_TRUE(a.none());
    EXPECT_THROW(a.merge(PageBitmap(71)), std::invalid_argument);
}

}  // namespace
}  // namespace mmuw
