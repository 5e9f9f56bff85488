// SPDX-License-Identifier: GPL-2.0-only
// From the records of a plant's runs to its line of the kill table.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "selftest/record.h"
#include "selftest/table.h"

namespace mmuw {

// One run, in a process of its own. Seconds of CLOCK_MONOTONIC.
struct PlantRun {
    double started = 0, ended = 0;
    Result<RunRecord> record;  // error: why there is none
};

// The same scenarios without a plant.
struct Control {
    std::string filter = {};
    unsigned runs = 0;
    bool clean = true;                  // no violation, nothing inconclusive
    std::set<std::string> failed = {};  // rules
    std::string why = {};               // not clean
    std::string known_bug = {};         // that showed: clean all the same
    RunRecord record = {};              // of the last run: what this host can judge at all
};
Control judge_control(std::string filter, std::span<const PlantRun> runs);

// A rule that failed under the plant. Trials and seconds are those to its first violation, seconds
// from the start of the process; of the run that took longest.
struct RuleKill {
    std::string rule;
    bool expected = false;  // it is in the table
    unsigned kills = 0;     // runs
    bool trace = false, end_to_end = false;
    std::uint64_t trials = 0;
    double seconds = 0;
};

enum class Outcome { killed, survived, skip };
std::string_view to_string(Outcome outcome);

struct Kill {
    std::string plant;
    Outcome outcome = Outcome::survived;
    std::uint64_t hits = 0;  // of all runs
    unsigned runs = 0, kills = 0;
    // Until a rule that should notice did, in the run that took longest; 0 and the time of the
    // longest run if none ever did.
    std::uint64_t trials = 0;
    double seconds = 0;
    std::string why = {};  // what was seen first, or why it was not killed
    std::vector<RuleKill> rules = {};
};

// Killed: in each run each rule of the table failed, those aside that this host cannot judge;
// and none of them fails in the control as well.
Kill judge_plant(const PlantCase& plant, std::span<const PlantRun> runs, const Control& control);
// Without a run.
Kill not_run(std::string plant, Outcome outcome, std::string why);

}  // namespace mmuw
