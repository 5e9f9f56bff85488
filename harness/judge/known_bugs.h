// SPDX-License-Identifier: GPL-2.0-only
// Kernel bugs that are known, reported and fixed: where they show, it is an expected failure.
#pragma once

#include <string_view>

namespace mmuw {

struct KnownBug {
    std::string_view rule;
    std::string_view scenarios;  // what their names begin with
    std::string_view since;      // first release that has it: "6.11"
    std::string_view fixed;      // first release that has not
    std::string_view page;       // the report
};

// The bug that explains why this rule fails in this scenario, on a kernel of this release (as
// uname -r); nullptr: none does, and the failure is a failure.
const KnownBug* known_bug(std::string_view rule, std::string_view scenario,
                          std::string_view release);

}  // namespace mmuw
