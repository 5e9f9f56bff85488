// SPDX-License-Identifier: GPL-2.0-only
// Events in, the one scenario's result out.
#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "judge/judge.h"

namespace mmuw {

inline ScenarioResult judged(const std::vector<Event>& events) {
    Judge judge;
    for (const Event& e : events) judge.feed(e);
    judge.finish();
    EXPECT_EQ(judge.result().scenarios.size(), 1u);
    return judge.result().scenarios.empty() ? ScenarioResult{} : judge.result().scenarios[0];
}

inline const RuleResult* rule_of(const ScenarioResult& s, std::string_view rule) {
    for (const RuleResult& r : s.rules)
        if (r.rule == rule) return &r;
    return nullptr;
}

}  // namespace mmuw
