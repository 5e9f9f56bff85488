// SPDX-License-Identifier: GPL-2.0-only
// What a verdict.json says of one run, as far as a planted fault is concerned.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "trace/result.h"

namespace mmuw {

struct RuleRecord {
    bool failed = false;
    bool skipped = true;  // in every scenario that names it
    bool trace = false;   // how it failed: either or both
    bool end_to_end = false;
    // The first failure: repetitions of scenarios up to it, and CLOCK_MONOTONIC of the host.
    std::uint64_t trials = 0;
    double at = 0;
    std::string why = {};  // of the first failure; else why it was not judged, if so
};

struct RunRecord {
    std::uint64_t plant_hits = 0;
    std::uint64_t pass = 0, fail = 0, skip = 0, inconclusive = 0;  // scenarios
    std::uint64_t violations = 0;
    std::string known_bug = {};  // of the kernel, that showed (xfail)
    std::string why = {};        // the first reason of a scenario that did not pass
    std::map<std::string, RuleRecord> rules = {};
};

// An error is one line that names the file.
Result<RunRecord> read_record(const std::string& path);

}  // namespace mmuw
