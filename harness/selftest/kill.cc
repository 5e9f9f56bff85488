// SPDX-License-Identifier: GPL-2.0-only
#include "selftest/kill.h"

#include <algorithm>
#include <format>
#include <optional>

namespace mmuw {
namespace {

struct OneRun {
    Outcome outcome;
    std::string why;
};

// Why the rule cannot be judged on this host, if so. Without a plant: a scenario that is skipped
// under one, in which the plant was never hit therefore, is inconclusive.
std::optional<std::string> skipped(const RunRecord& run, std::string_view rule) {
    const auto it = run.rules.find(std::string(rule));
    if (it != run.rules.end())
        return it->second.skipped ? std::optional(it->second.why) : std::nullopt;
    // Its scenarios were left out before they promised anything.
    if (run.skip && !run.fail && !run.inconclusive) return run.why;
    return {};
}

std::string not_noticed(const RunRecord& run, std::string_view rule) {
    const auto it = run.rules.find(std::string(rule));
    if (it == run.rules.end()) return std::format("{} had nothing to check", rule);
    if (it->second.why.empty()) return std::format("{} did not notice", rule);
    return std::format("{} is not certain: {}", rule, it->second.why);
}

OneRun judge_run(const PlantCase& plant, const PlantRun& one, const Control& control) {
    if (!one.record) return {Outcome::survived, one.record.error()};
    const RunRecord& run = *one.record;
    std::string skip, seen, missed;
    bool judged = false;
    for (const std::string_view rule : plant.rules) {
        if (const auto why = skipped(control.record, rule)) {
            if (skip.empty()) skip = std::format("{}: {}", rule, *why);
            continue;
        }
        judged = true;
        const auto it = run.rules.find(std::string(rule));
        if (it != run.rules.end() && it->second.failed)
            seen = seen.empty() ? it->second.why : seen;
        else
            missed += (missed.empty() ? "" : "; ") + not_noticed(run, rule);
    }
    if (!judged) return {Outcome::skip, skip};
    if (!run.plant_hits) return {Outcome::survived, "never hit"};
    if (missed.empty()) return {Outcome::killed, seen};
    std::string others;
    for (const auto& [rule, r] : run.rules)
        if (r.failed) others += (others.empty() ? "" : ", ") + rule;
    if (!others.empty()) missed += std::format(" (but {} failed)", others);
    return {Outcome::survived, missed};
}

void add_rules(Kill& kill, const PlantCase& plant, const PlantRun& one) {
    for (const auto& [name, r] : one.record->rules) {
        if (!r.failed) continue;
        auto it = std::ranges::find(kill.rules, name, &RuleKill::rule);
        if (it == kill.rules.end()) {
            kill.rules.push_back(
                {.rule = name, .expected = std::ranges::contains(plant.rules, name)});
            it = std::prev(kill.rules.end());
        }
        ++it->kills;
        it->trace |= r.trace;
        it->end_to_end |= r.end_to_end;
        it->trials = std::max(it->trials, r.trials);
        it->seconds = std::max(it->seconds, r.at - one.started);
    }
}

// The first rule of the table to fail in this run; of the slowest run so far.
void add_first(Kill& kill, const PlantCase& plant, const PlantRun& one) {
    const RuleRecord* first = nullptr;
    for (const std::string_view rule : plant.rules) {
        const auto it = one.record->rules.find(std::string(rule));
        if (it == one.record->rules.end() || !it->second.failed) continue;
        if (!first || it->second.at < first->at) first = &it->second;
    }
    if (!first) return;
    kill.trials = std::max(kill.trials, first->trials);
    kill.seconds = std::max(kill.seconds, first->at - one.started);
}

}  // namespace

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::killed:
            return "killed";
        case Outcome::survived:
            return "survived";
        case Outcome::skip:
            return "skip";
    }
    return "";
}

Control judge_control(std::string filter, std::span<const PlantRun> runs) {
    Control control{.filter = std::move(filter)};
    for (const PlantRun& one : runs) {
        ++control.runs;
        std::string why = one.record ? "" : one.record.error();
        if (one.record) {
            control.record = *one.record;
            if (!one.record->known_bug.empty()) control.known_bug = one.record->known_bug;
            for (const auto& [name, r] : one.record->rules)
                if (r.failed) {
                    control.failed.insert(name);
                    if (why.empty()) why = std::format("{}: {}", name, r.why);
                }
            if (why.empty() && (one.record->inconclusive || one.record->violations))
                why = one.record->why.empty() ? "violations" : one.record->why;
        }
        if (why.empty()) continue;
        if (control.clean) control.why = why;
        control.clean = false;
    }
    return control;
}

Kill judge_plant(const PlantCase& plant, std::span<const PlantRun> runs, const Control& control) {
    Kill kill{.plant = std::string(plant.plant), .outcome = Outcome::skip};
    std::string seen, survived, skip;
    double longest = 0;
    for (const PlantRun& one : runs) {
        const OneRun r = judge_run(plant, one, control);
        ++kill.runs;
        kill.kills += r.outcome == Outcome::killed;
        longest = std::max(longest, one.ended - one.started);
        std::string& why = r.outcome == Outcome::killed     ? seen
                           : r.outcome == Outcome::survived ? survived
                                                            : skip;
        if (why.empty()) why = r.why;
        if (!one.record) continue;
        if (!one.record->plant_hits) continue;  // whatever failed, the plant did not do it
        kill.hits += one.record->plant_hits;
        add_rules(kill, plant, one);
        add_first(kill, plant, one);
    }
    if (!kill.trials) kill.seconds = longest;
    std::ranges::stable_sort(kill.rules, std::greater(), &RuleKill::expected);
    if (kill.runs && kill.kills == kill.runs) {
        kill.outcome = Outcome::killed;
        kill.why = seen;
    } else if (kill.kills || !survived.empty()) {
        kill.outcome = Outcome::survived;
        kill.why = survived.empty() ? skip : survived;
    } else {
        kill.why = skip;
    }
    for (const std::string_view rule : plant.rules)
        if (kill.outcome == Outcome::killed && control.failed.contains(std::string(rule))) {
            kill.outcome = Outcome::survived;
            kill.kills = 0;
            kill.why = std::format("{} fails without the plant as well", rule);
        }
    return kill;
}

Kill not_run(std::string plant, Outcome outcome, std::string why) {
    return {.plant = std::move(plant), .outcome = outcome, .why = std::move(why)};
}

}  // namespace mmuw
