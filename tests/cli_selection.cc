// SPDX-License-Identifier: GPL-2.0-only
// Filters select what GoogleTest would select. The scenarios here are the unit tests themselves.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "cli/gtest_runner.h"

namespace mmuw {
namespace {

TEST(Selection, FollowsGoogleTestsFilterSyntax) {
    const std::string me = "Selection.FollowsGoogleTestsFilterSyntax";
    EXPECT_EQ(scenario_names(me), std::vector{me});
    EXPECT_EQ(scenario_names("No.Such:Selection.Follows*"), std::vector{me});
    EXPECT_EQ(scenario_names("Sel?ction.*-*Other*"), std::vector{me});
    EXPECT_TRUE(std::ranges::contains(scenario_names("-KernelLog.*"), me));
    EXPECT_FALSE(scenarios_match("Selection.*-*Filter*"));
    EXPECT_FALSE(scenarios_match("No.Such"));
}

TEST(Shards, AreTogetherWhatIsSelected) {
    std::vector<std::string> found;
    for (unsigned index = 1; index <= 3; index++)
        std::ranges::copy(scenario_names("R*", {.index = index, .of = 3}),
                          std::back_inserter(found));
    auto all = scenario_names("R*");
    EXPECT_GT(all.size(), 3U);
    std::ranges::sort(found);
    std::ranges::sort(all);
    EXPECT_EQ(found, all);
}

}  // namespace
}  // namespace mmuw
