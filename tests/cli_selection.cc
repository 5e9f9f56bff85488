// SPDX-License-Identifier: GPL-2.0-only
// Filters select what GoogleTest would select. The scenarios here are the unit tests themselves.
#include <gtest/gtest.h>

#include <algorithm>

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

}  // namespace
}  // namespace mmuw
