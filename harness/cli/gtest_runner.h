// SPDX-License-Identifier: GPL-2.0-only
// GoogleTest as a library: choosing and running scenarios.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/shard.h"

namespace mmuw {

// A selection that has each kind of memory, slot, log and event; "*" is the full suite.
inline constexpr const char* kDefaultSuite = "*-Full/*";

struct Selection {
    std::string filter = "*";
    Shard shard;
    std::uint64_t seed = 1;
    int repeat = 1;
    bool shuffle = false;
};

// SUITE.NAME of every scenario that the filter selects, or of the shard's among them.
std::vector<std::string> scenario_names(const std::string& filter = "*", const Shard& shard = {});
inline bool scenarios_match(const std::string& filter, const Shard& shard = {}) {
    return !scenario_names(filter, shard).empty();
}

// Verdicts are the judge's: GoogleTest's own printer is silenced and its result not used.
void run_scenarios(const Selection& selection);

}  // namespace mmuw
