// SPDX-License-Identifier: GPL-2.0-only
// Kernel bugs that are known, reported and fixed: where they show, it is an expected failure.
#pragma once

#include <span>
#include <string_view>

#include "judge/result.h"

namespace mmuw {

struct ExpectedFailure {
    std::string_view rule;
    std::string_view scenarios;  // a shell pattern of their names
};

struct KnownBug {
    std::span<const ExpectedFailure> failures;
    std::string_view since;           // first release that has it: "6.11"
    std::string_view fixed;           // first release that has not; empty: none yet
    std::string_view machine;         // that has it, as uname -m; empty: any
    std::string_view page;            // the report
    std::string_view disturber = {};  // without which it is not expected
};

struct RunningKernel {
    std::string_view release;  // uname -r; empty: no bug of it counts as known
    std::string_view machine;  // uname -m
};

// The bug that explains why this rule fails in what was run, on this kernel; nullptr: none does,
// and the failure is a failure.
const KnownBug* known_bug(std::string_view rule, const ScenarioResult& scenario,
                          const RunningKernel& kernel);

}  // namespace mmuw
