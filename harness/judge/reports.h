// SPDX-License-Identifier: GPL-2.0-only
// The documented reports (docs/reports/NAME.md): what shows them, and what came of a run that was
// there for one. Known bugs are no excuse there: where it shows, it is a failure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "judge/result.h"

namespace mmuw {

struct Sign {
    enum class Of : std::uint8_t { kViolations, kTolerated };
    std::string_view rule;
    Of of = Of::kViolations;  // of the rule: what it forbids, or what it allows and counts
};

struct Report {
    std::string_view name;       // docs/reports/NAME.md
    std::string_view what;       // one line
    std::string_view scenarios;  // GoogleTest filter
    std::span<const Sign> signs;
    std::string_view disturbers = {};  // as --perturb, empty: none
    int repeat = 1;                    // of the scenarios
    std::string_view machine = {};     // that can have it, as uname -m; empty: any
};

// What of the rule: "violations" or "tolerated".
std::string_view counted(const Sign& sign);

std::span<const Report> reports();
const Report* find_report(std::string_view name);
// docs/reports/NAME.md
std::string page_of(const Report& report);

// How often a sign was seen: in how many of the scenarios that were run, of their trials, and of
// what the rule checked there.
struct SignResult {
    Sign sign;
    Verdict verdict = Verdict::pass;
    std::string why = {};  // empty when pass or fail
    std::uint64_t scenarios = 0, scenarios_with = 0;
    std::uint64_t trials = 0, trials_with = 0;
    std::uint64_t checked = 0, seen = 0;
};

struct ReportResult {
    const Report* report;
    // fail: this kernel shows it. pass: it was tried, and does not show.
    Verdict verdict = Verdict::pass;
    std::string why = {};  // empty when pass or fail
    std::vector<SignResult> signs;
};

// Of a run for a report (NOTE_HOST); nothing: it was not for one, or for one not known here.
std::optional<ReportResult> report_result(const JudgeResult& result);
// That it was for one.
bool is_for_report(const JudgeResult& result);

}  // namespace mmuw
