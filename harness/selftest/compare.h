// SPDX-License-Identifier: GPL-2.0-only
// The kernel's own KVM selftests beside mmuwitness, under the same plants: what each run came to,
// and who noticed sooner. Which runs there were is said by scripts/compare, in lines of words with
// tabs between:
//
//     facts  HOST  KERNEL  SELFTESTS
//     test   NAME  ARGUMENTS                                    in the table's order
//     run    PLANT  TEST  STATUS  SECONDS  HITS  WARNED  WHY    PLANT none, TEST mmuwitness, too
//
// STATUS is an exit status, "died" if the host did not outlive the run, or "n/a" if it could not be
// started. WARNED: seconds to the first line of the kernel's log that says that something is wrong.
// A number that there is none of is empty.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trace/result.h"

namespace mmuw {

// In order of words of the record, compare.json.
enum class CompareOutcome {
    kPass,           // without a plant
    kFail,           // without a plant, or without a hit of it
    kDetected,       // by its own exit status
    kKernelLog,      // it passes, and the kernel warned
    kMissed,         // it did what is broken, and passes
    kNotHit,         // it never does what is broken
    kHung,           // beyond the time limit
    kDied,           // so did the host
    kSkip,           // it says itself that it cannot run here
    kNotApplicable,  // the plant concerns files under test, or has no place in this kernel
    kError,          // mmuwitness came to no verdict
};
std::string_view to_string(CompareOutcome outcome);

struct CompareRun {
    std::string plant;
    std::string test;
    CompareOutcome outcome;
    std::optional<int> status;      // none: not started, or the host died
    std::optional<double> seconds;  // to its verdict, or to the kernel's first word
    std::optional<std::uint64_t> hits;
    std::string why;
};

struct CompareTest {
    std::string name;
    std::string arguments;
    bool unsure = false;  // it fails without a plant, too: what it notices counts for nothing
};

struct Comparison {
    std::string host, kernel, selftests;
    std::vector<CompareTest> tests;   // the first one is mmuwitness
    std::vector<std::string> plants;  // the first one is none
    std::vector<CompareRun> runs;

    [[nodiscard]] const CompareRun* find(std::string_view plant, std::string_view test) const;
};

inline constexpr std::string_view kMmuwitness = "mmuwitness";
inline constexpr std::string_view kNoPlant = "none";

Result<Comparison> parse_comparison(std::string_view lines);

// A selftest noticed what mmuwitness did not, or sooner; mmuwitness does not pass without a plant.
// A line each; empty: as it should be.
std::vector<std::string> what_is_wrong(const Comparison& comparison);

std::string compare_table(const Comparison& comparison);
std::string compare_json(const Comparison& comparison);

}  // namespace mmuw
