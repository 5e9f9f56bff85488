// SPDX-License-Identifier: GPL-2.0-only
#include "selftest/record.h"

#include <boost/property_tree/json_parser.hpp>

namespace mmuw {
namespace {

using Tree = boost::property_tree::ptree;

// before: repetitions of the scenarios before this one.
void add_rule(RunRecord& run, const Tree& rule, double begin, std::uint64_t before) {
    RuleRecord& r = run.rules[rule.get<std::string>("rule")];
    const auto verdict = rule.get<std::string>("verdict");
    const auto violations = rule.get<std::uint64_t>("violations");
    // A bug that the kernel is known to have is none of the plant's doing.
    if (verdict == "xfail")
        run.known_bug = rule.get<std::string>("why");
    else
        run.violations += violations;
    if (verdict != "skip") r.skipped = false;
    if (verdict != "fail") {
        if (!r.failed && r.why.empty()) r.why = rule.get<std::string>("why");
        return;
    }
    const auto end_to_end = rule.get<std::uint64_t>("end_to_end");
    r.end_to_end |= end_to_end != 0;
    r.trace |= end_to_end < violations;
    if (r.failed) return;
    r.failed = true;
    r.trials = before + rule.get<std::uint64_t>("first_trial");
    r.at = begin + rule.get<double>("first_seconds");
    r.why = rule.get<std::string>("why");
}

RunRecord record_of(const Tree& tree) {
    RunRecord run;
    const Tree& summary = tree.get_child("summary");
    run.pass = summary.get<std::uint64_t>("pass");
    run.fail = summary.get<std::uint64_t>("fail");
    run.skip = summary.get<std::uint64_t>("skip");
    run.inconclusive = summary.get<std::uint64_t>("inconclusive");
    std::uint64_t trials = 0;
    for (const auto& [_, scenario] : tree.get_child("scenarios")) {
        run.plant_hits += scenario.get<std::uint64_t>("plant_hits");
        for (const auto& [_, rule] : scenario.get_child("rules"))
            add_rule(run, rule, scenario.get<double>("begin"), trials);
        trials += scenario.get<std::uint64_t>("trials");
        if (run.why.empty()) run.why = scenario.get<std::string>("why");
    }
    return run;
}

}  // namespace

Result<RunRecord> read_record(const std::string& path) {
    try {
        Tree tree;
        boost::property_tree::read_json(path, tree);
        return record_of(tree);
    } catch (const boost::property_tree::ptree_error& problem) {
        return error("{}: {}", path, problem.what());
    }
}

}  // namespace mmuw
