// SPDX-License-Identifier: GPL-2.0-only
#include "selftest/record.h"

#include "report/read_verdict.h"

namespace mmuw {
namespace {

// before: repetitions of the scenarios before this one.
void add_rule(RunRecord& run, const RuleResult& rule, double begin, std::uint64_t before) {
    RuleRecord& r = run.rules[rule.rule];
    // A bug that the kernel is known to have is none of the plant's doing.
    if (rule.verdict == Verdict::xfail)
        run.known_bug = rule.why;
    else
        run.violations += rule.violations;
    if (rule.verdict != Verdict::skip) r.skipped = false;
    if (rule.verdict != Verdict::fail) {
        if (!r.failed && r.why.empty()) r.why = rule.why;
        return;
    }
    r.end_to_end |= rule.end_to_end != 0;
    r.trace |= rule.end_to_end < rule.violations;
    if (r.failed) return;
    r.failed = true;
    r.trials = before + rule.first_trial;
    r.at = begin + rule.first_seconds;
    r.why = rule.why;
}

RunRecord record_of(const JudgeResult& result) {
    RunRecord run;
    const Summary summary = summarize(result);
    run.pass = summary.pass;
    run.fail = summary.fail;
    run.skip = summary.skip;
    run.inconclusive = summary.inconclusive;
    std::uint64_t trials = 0;
    for (const ScenarioResult& scenario : result.scenarios) {
        run.plant_hits += scenario.plant_hits;
        for (const RuleResult& rule : scenario.rules) add_rule(run, rule, scenario.begin, trials);
        trials += scenario.trials;
        if (run.why.empty()) run.why = scenario.why;
    }
    return run;
}

}  // namespace

Result<RunRecord> read_record(const std::string& path) {
    return read_verdict(path).transform([](const Record& r) { return record_of(r.result); });
}

}  // namespace mmuw
