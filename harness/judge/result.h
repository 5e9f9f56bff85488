// SPDX-License-Identifier: GPL-2.0-only
// What the judge says: per scenario, per rule.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mmuw {

// In order of weight: a scenario's verdict is the worst of its rules'.
// xfail: it failed, by a bug that this kernel is known to have (known_bugs.cc).
enum class Verdict : uint8_t { pass, skip, xfail, inconclusive, fail };

std::string_view to_string(Verdict v);
inline Verdict worst(Verdict a, Verdict b) {
    return a > b ? a : b;
}

// The last events that concern what was violated, oldest first.
struct Window {
    std::string why;
    std::vector<std::string> lines;
    size_t offender = 0;  // index into lines
};

struct RuleResult {
    std::string rule = {};
    Verdict verdict = Verdict::pass;
    uint64_t checked = 0;     // times the rule's condition was met and tested
    uint64_t violations = 0;  // of them against the rule
    uint64_t end_to_end = 0;  // of the violations, found in what the harness read back
    uint64_t tolerated = 0;   // imprecisions that the rule allows (docs/rules)
    // Repetitions with a violation, with something tolerated.
    uint64_t trials_failed = 0, trials_tolerated = 0;
    // Of the first violation: the repetition under way, from 1, and the time since the begin.
    uint64_t first_trial = 0;
    double first_seconds = 0;
    std::string why = {};  // empty when pass
    std::vector<Window> windows = {};
};

// What a disturber did during a scenario.
struct Disturbance {
    std::string name = {};
    std::vector<std::pair<std::string, uint64_t>> counts = {};  // 0 of the first: nothing
    std::string why = {};                                       // it gave up
    bool idle() const { return counts.empty() || counts.front().second == 0; }
};

struct ScenarioResult {
    std::string name = {};
    Verdict verdict = Verdict::pass;
    double begin = 0;  // seconds of the host's CLOCK_MONOTONIC
    double seconds = 0;
    uint64_t trials = 0;
    uint64_t hits = 0;
    bool hits_known = true;  // false: without the module nobody sees what was met
    uint64_t holds_won = 0, holds_timed_out = 0;  // of gates
    uint64_t seed = 0;
    std::string plant = {};  // empty: none
    uint64_t plant_hits = 0;
    std::string why = {};  // of the scenario itself, when not pass
    std::vector<RuleResult> rules = {};
    std::vector<Disturbance> disturbances = {};
};

struct MissingHook {
    std::string name, why;
};

// What was witnessed, and with what; over all scenarios.
struct WitnessResult {
    std::vector<std::string> attached;
    std::vector<MissingHook> missing;
    uint64_t events = 0;
    uint64_t lost = 0;
};

struct MissingDisturber {
    std::string name, why;
};

// A bug of its kernels that a lab has to live with (--known FILE).
struct LabBug {
    std::string rule;
    std::string scenarios, kernel;  // shell patterns: of names, of uname -r
    std::string reason;
};

// Of the scenarios and the kernel that an entry is about.
struct LabBugResult {
    LabBug bug;
    uint64_t checked = 0;     // by its rule
    uint64_t violations = 0;  // none, though something was checked: perhaps it is fixed
};

struct JudgeResult {
    std::map<std::string, std::string> host;  // NOTE_HOST: "KEY VALUE"
    std::vector<MissingDisturber> missing_disturbers;
    std::vector<LabBugResult> lab_bugs;
    WitnessResult witness;
    std::vector<ScenarioResult> scenarios;
};

}  // namespace mmuw
