// SPDX-License-Identifier: GPL-2.0-only
// Kernel bugs that are known: where they show, it is an expected failure. Those that are
// documented here, and those that a lab has to live with.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "judge/result.h"
#include "trace/result.h"

namespace mmuw {

struct ExpectedFailure {
    std::string_view rule;
    std::string_view scenarios;   // a shell pattern of their names
    std::string_view says = "*";  // of what the first violation says
};

struct KnownBug {
    std::span<const ExpectedFailure> failures;
    std::string_view since;            // first release that has it: "6.11"
    std::string_view fixed;            // first that has not, or is not known to; empty: none
    std::string_view machine;          // that has it, as uname -m; empty: any
    std::string_view page;             // the report
    std::string_view disturber = {};   // without which it is not expected
    std::string_view filesystem = {};  // of the memory, as FS=; empty: any
};

struct RunningKernel {
    std::string_view release;  // uname -r; empty: no bug of it counts as known
    std::string_view machine;  // uname -m
    std::span<const LabBugResult> lab = {};
    std::string_view filesystem = {};  // that guest memory is a file on
};

// What explains why this rule fails, saying this, in what was run, on this kernel: the page of a
// bug and the release that fixes it, or the reason that a lab gives. Nothing: the failure is a
// failure.
std::optional<std::string> known_bug(std::string_view rule, std::string_view says,
                                     const ScenarioResult& scenario, const RunningKernel& kernel);

// "RULE SCENARIOS KERNEL REASON": as a line of --known FILE, and as a note of the recording.
Result<LabBug> parse_lab_bug(std::string_view line);
std::string to_line(const LabBug& bug);
// The file; what follows a # is a comment. An error names the file and the line. A line that is
// longer than a note is one.
Result<std::vector<LabBug>> read_lab_bugs(const std::string& path);

// Counts in each entry what this scenario says of it.
void tally(std::vector<LabBugResult>& lab, const ScenarioResult& scenario,
           const RunningKernel& kernel);

}  // namespace mmuw
