// SPDX-License-Identifier: GPL-2.0-only
#include "judge/scenario.h"

#include <algorithm>

#include "judge/known_bugs.h"

namespace mmuw {

namespace {

double seconds_between(uint64_t begin_ns, uint64_t end_ns) {
    return end_ns > begin_ns ? static_cast<double>(end_ns - begin_ns) / 1e9 : 0;
}

constexpr const char* kNeedsModule = "needs the module";

}  // namespace

std::string_view to_string(Verdict v) {
    switch (v) {
        case Verdict::pass:
            return "pass";
        case Verdict::skip:
            return "skip";
        case Verdict::xfail:
            return "xfail";
        case Verdict::inconclusive:
            return "inconclusive";
        case Verdict::fail:
            return "fail";
    }
    return "";
}

Judge::Scenario::Scenario(const History& history) {
    for (const RuleInfo* info : rules()) {
        for (size_t k = 0; k < kKinds; ++k)
            if (info->events >> k & 1) by_kind[k].push_back(static_cast<unsigned>(running.size()));
        running.push_back({info, info->make(), Findings(history, ledger)});
    }
}

void Judge::Scenario::add_hook(const std::string& name, const std::string& missing) {
    // One name may have several hooks (a function that was renamed): one that is there
    // makes up for the others.
    if (missing.empty()) {
        ledger.add_hook(name);
        missing_hooks.erase(name);
    } else if (!ledger.witnessed(name)) {
        missing_hooks[name] = missing;
    }
}

// Without the module, of what this scenario is there for.
bool Judge::Scenario::has_own_evidence() const {
    return std::ranges::any_of(running, [&](const Running& r) {
        return promised.contains(std::string(r.info->id)) && !needs_module(*r.info) &&
               !r.info->everywhere && r.found.checked_count() > 0;
    });
}

std::string Judge::Scenario::missing_for(const RuleInfo& info) const {
    if (needs_module(info)) return kNeedsModule;
    if (!with_module) return {};  // its hooks are for the rest of it
    for (const std::string_view need : info.hooks) {
        bool there = false;
        std::string why;
        for (std::string_view rest = need; !there && !rest.empty();) {
            const std::string name(rest.substr(0, rest.find('|')));
            rest.remove_prefix(std::min(name.size() + 1, rest.size()));
            there = ledger.witnessed(name);
            const auto it = missing_hooks.find(name);
            why += (why.empty() ? "hook " : ", ") + name +
                   (it == missing_hooks.end() ? " was not reported" : " missing: " + it->second);
        }
        if (!there) return why;
    }
    return {};
}

void Judge::Scenario::rule_verdict(const Running& r, uint64_t lost, const std::string& doubt,
                                   const RunningKernel& kernel, ScenarioResult& out) const {
    const bool was_promised = promised.contains(std::string(r.info->id));
    const Findings& f = r.found;
    if (!was_promised && f.checked_count() == 0 && f.violation_count() == 0) return;
    RuleResult result{
        .rule = std::string(r.info->id),
        .verdict = Verdict::pass,
        .checked = f.checked_count(),
        .violations = f.violation_count(),
        .end_to_end = f.end_to_end_count(),
        .tolerated = f.tolerated_count(),
        .trials_failed = std::min(f.trials_failed(), std::max(facts.trials, 1ul)),
        .trials_tolerated = std::min(f.trials_tolerated(), std::max(facts.trials, 1ul)),
        .why = {},
        .windows = f.windows()};
    if (f.violation_count()) {
        // What is found when the last repetition is over, is the last one's.
        result.first_trial = std::clamp<uint64_t>(f.first_trial(), 1, std::max(facts.trials, 1ul));
        result.first_seconds = seconds_between(first_ns, f.first_ns());
    }
    const auto set = [&](Verdict v, std::string why) {
        result.verdict = v;
        result.why = std::move(why);
    };
    const std::string missing = missing_for(*r.info);
    const bool fails = f.violation_count() && missing.empty();
    // In order: what is certain, what was not witnessed, what is doubtful.
    const std::string gap = lost ? std::format("{} events lost", lost) : doubt;
    // A bug that was planted is nobody's known bug.
    const auto bug =
        facts.plant.empty() ? known_bug(r.info->id, f.why(), facts, kernel) : std::nullopt;
    if (fails && (gap.empty() || f.proven_count()))
        set(bug ? Verdict::xfail : Verdict::fail,
            bug ? std::format("known bug, {}: {}", *bug, f.why()) : f.why());
    else if (!missing.empty())
        set(Verdict::skip, missing);
    else if (fails)
        set(Verdict::inconclusive, std::format("{}; would be: {}", gap, f.why()));
    else if (!gap.empty())
        set(Verdict::inconclusive, gap);
    else if (!facts.plant.empty() && !facts.plant_hits)
        set(Verdict::inconclusive, std::format("plant {} was never hit", facts.plant));
    else if (f.checked_count() == 0 && status == "skip")
        set(Verdict::skip, status_why);
    else if (const auto it = impossible.find(result.rule);
             f.checked_count() == 0 && it != impossible.end())
        set(Verdict::skip, it->second);
    else if (f.checked_count() == 0)
        set(Verdict::inconclusive, "promised, but there was nothing to check");
    // What needs the module is left out of a run without it, and decides nothing there.
    if (!needs_module(*r.info)) out.verdict = worst(out.verdict, result.verdict);
    out.rules.push_back(std::move(result));
}

ScenarioResult Judge::Scenario::verdict(uint64_t lost, const std::string& doubt,
                                        const RunningKernel& kernel) const {
    ScenarioResult out = facts;
    out.begin = seconds_between(0, first_ns);
    out.seconds = seconds_between(first_ns, last_ns);
    const auto at_least = [&](Verdict v, std::string why) {
        if (v >= out.verdict) out.why = std::move(why);
        out.verdict = worst(out.verdict, v);
    };
    for (const Running& r : running) rule_verdict(r, lost, doubt, kernel, out);
    const bool left_out = std::ranges::any_of(promised, [&](const std::string& name) {
        const RuleInfo* info = find_rule(name);
        return info && needs_module(*info);
    });
    if (left_out && !has_own_evidence()) at_least(Verdict::skip, kNeedsModule);
    for (const std::string& name : promised)
        if (!find_rule(name)) {
            out.rules.push_back(
                {.rule = name, .verdict = Verdict::skip, .why = "no such rule here"});
            out.verdict = worst(out.verdict, Verdict::skip);
        }
    if (!facts.plant.empty() && !facts.plant_hits)
        at_least(Verdict::inconclusive, std::format("plant {} was never hit", facts.plant));
    if (lost) at_least(Verdict::inconclusive, std::format("{} events lost", lost));
    if (!doubt.empty()) at_least(Verdict::inconclusive, doubt);
    if (status == "skip") at_least(Verdict::skip, status_why);
    if (status == "inconclusive") at_least(Verdict::inconclusive, status_why);
    if (status == "done" && facts.trials && facts.hits_known && !facts.hits)
        at_least(Verdict::inconclusive,
                 std::format("the staged moment was met in none of {} trials", facts.trials));
    if (out.rules.empty() && status == "done")
        at_least(Verdict::inconclusive, "no rule had anything to check");
    if (out.verdict == Verdict::xfail)
        for (const RuleResult& r : out.rules)
            if (r.verdict == Verdict::xfail)
                out.why = std::format("known bug, {}", *known_bug(r.rule, r.why, facts, kernel));
    return out;
}

}  // namespace mmuw
