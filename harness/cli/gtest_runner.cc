// SPDX-License-Identifier: GPL-2.0-only
#include "cli/gtest_runner.h"

#include <fnmatch.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <format>
#include <limits>
#include <ranges>

namespace mmuw {

namespace {

// GoogleTest's own shards go by a scenario's place in the list: a new one moves all behind it.
std::string filter_of(const Selection& selection) {
    if (selection.shard == Shard{}) return selection.filter;
    std::string names;
    for (const std::string& name : scenario_names(selection.filter, selection.shard))
        names += (names.empty() ? "" : ":") + name;
    return names;
}

void init(const Selection& selection, const std::string& filter) {
    int argc = 1;
    char name[] = "mmuwitness";
    char* argv[] = {name, nullptr};
    testing::InitGoogleTest(&argc, argv);
    GTEST_FLAG_SET(filter, filter);
    GTEST_FLAG_SET(repeat, selection.repeat);
    GTEST_FLAG_SET(shuffle, selection.shuffle);
    GTEST_FLAG_SET(random_seed, static_cast<int>(selection.seed % 99999));
}

bool any_pattern(std::string_view patterns, const std::string& name) {
    return std::ranges::any_of(patterns | std::views::split(':'), [&](auto&& pattern) {
        return fnmatch(std::string(pattern.begin(), pattern.end()).c_str(), name.c_str(), 0) == 0;
    });
}

// GoogleTest applies its filter only when it runs: the same rules, applied before.
bool selected(const std::string& filter, const std::string& name) {
    const auto minus = filter.find('-');
    const std::string_view all = filter;
    const std::string_view wanted = all.substr(0, minus);
    if (!wanted.empty() && !any_pattern(wanted, name)) return false;
    return minus == std::string::npos || !any_pattern(all.substr(minus + 1), name);
}

}  // namespace

std::vector<std::string> scenario_names(const std::string& filter, const Shard& shard) {
    init({}, "*");
    std::vector<std::string> names;
    const testing::UnitTest& unit = *testing::UnitTest::GetInstance();
    for (int i = 0; i < unit.total_test_suite_count(); i++) {
        const testing::TestSuite& suite = *unit.GetTestSuite(i);
        for (int j = 0; j < suite.total_test_count(); j++) {
            std::string name = std::format("{}.{}", suite.name(), suite.GetTestInfo(j)->name());
            if (selected(filter, name) && shard.has(name)) names.push_back(std::move(name));
        }
    }
    return names;
}

void run_scenarios(const Selection& selection) {
    init(selection, filter_of(selection));
    testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
    const int unused = RUN_ALL_TESTS();
    static_cast<void>(unused);
}

}  // namespace mmuw
