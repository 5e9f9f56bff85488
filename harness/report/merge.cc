// SPDX-License-Identifier: GPL-2.0-only
#include "report/merge.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "judge/known_bugs.h"
#include "report/verdict_json.h"

namespace mmuw {
namespace {

// What makes a row. Its name is no part of it: the shares may come from different machines.
auto key_of(const HostFacts& h) {
    return std::tie(h.kernel, h.arch, h.kvm, h.parameters, h.filesystem, h.mmu, h.kmod, h.emulated,
                    h.page_size);
}

void add(RuleResult& to, const RuleResult& from) {
    if (from.verdict > to.verdict) {
        to.why = from.why;
        to.first_trial = from.first_trial;
        to.first_seconds = from.first_seconds;
    }
    to.verdict = worst(to.verdict, from.verdict);
    to.checked += from.checked;
    to.violations += from.violations;
    to.end_to_end += from.end_to_end;
    to.tolerated += from.tolerated;
    to.trials_failed += from.trials_failed;
    to.trials_tolerated += from.trials_tolerated;
}

// What every share has, as the scenario after all others.
void add(ScenarioResult& to, const ScenarioResult& from) {
    if (from.verdict > to.verdict) to.why = from.why;
    to.verdict = worst(to.verdict, from.verdict);
    to.seconds += from.seconds;
    to.trials += from.trials;
    to.hits += from.hits;
    for (const RuleResult& rule : from.rules) {
        const auto same = std::ranges::find(to.rules, rule.rule, &RuleResult::rule);
        if (same == to.rules.end())
            to.rules.push_back(rule);
        else
            add(*same, rule);
    }
}

void add(WitnessResult& to, const WitnessResult& from) {
    for (const std::string& hook : from.attached)
        if (!std::ranges::contains(to.attached, hook)) to.attached.push_back(hook);
    for (const MissingHook& hook : from.missing)
        if (!std::ranges::contains(to.missing, hook.name, &MissingHook::name))
            to.missing.push_back(hook);
    to.events += from.events;
    to.lost += from.lost;
}

void add(std::vector<LabBugResult>& to, const std::vector<LabBugResult>& from) {
    for (const LabBugResult& bug : from) {
        const auto same = std::ranges::find_if(
            to, [&](const LabBugResult& other) { return to_line(other.bug) == to_line(bug.bug); });
        if (same == to.end()) {
            to.push_back(bug);
            continue;
        }
        same->checked += bug.checked;
        same->violations += bug.violations;
    }
}

ScenarioResult missing(const Shard& shard) {
    return {.name = std::format("Shard.{}_of_{}", shard.index, shard.of),
            .verdict = Verdict::inconclusive,
            .why = std::format("there is no record of shard {}", to_string(shard))};
}

// Of one row, by share.
struct Parts {
    HostFacts host;
    std::map<unsigned, NamedRecord> by_index;
};

void join(Row& row, NamedRecord& part, std::set<std::string>& before) {
    JudgeResult& result = row.result;
    JudgeResult& more = part.record.result;
    if (row.from.empty()) result.host = more.host;
    row.from.push_back(part.from);
    add(result.witness, more.witness);
    add(result.lab_bugs, more.lab_bugs);
    for (const MissingDisturber& d : more.missing_disturbers)
        if (!std::ranges::contains(result.missing_disturbers, d.name, &MissingDisturber::name))
            result.missing_disturbers.push_back(d);
    std::set<std::string> names;
    for (ScenarioResult& s : more.scenarios) {
        names.insert(s.name);
        if (before.contains(s.name))
            add(*std::ranges::find(result.scenarios, s.name, &ScenarioResult::name), s);
        else
            result.scenarios.push_back(std::move(s));
    }
    before.merge(names);
}

Row row_of(Parts& parts, const std::map<std::string, std::size_t>& place) {
    Row row{.host = parts.host};
    std::set<std::string> before;
    for (auto& [_, part] : parts.by_index) {
        if (row.tool.empty()) row.tool = part.record.tool;
        join(row, part, before);
    }
    std::ranges::stable_sort(row.result.scenarios, {}, [&](const ScenarioResult& s) {
        const auto at = place.find(s.name);
        return at == place.end() ? place.size() : at->second;
    });
    const unsigned of = parts.host.shard.of;
    for (unsigned index = 1; index <= of; index++)
        if (!parts.by_index.contains(index))
            row.result.scenarios.push_back(missing({.index = index, .of = of}));
    row.host.shard = {};
    row.result.host["shard"] = to_string(row.host.shard);
    return row;
}

std::string settings_of(const HostFacts& h) {
    std::string settings = std::format("{} {} {} {}", h.name, h.kernel, h.kvm, h.filesystem);
    if (h.mmu != "kvm") settings += " " + h.mmu;
    if (!h.kmod) settings += " --no-kmod";
    if (!h.parameters.empty()) settings += std::format(" ({})", h.parameters);
    return settings;
}

}  // namespace

Result<std::vector<Row>> merge(std::vector<NamedRecord> records,
                               const std::vector<std::string>& order) {
    std::vector<Parts> parts;
    for (NamedRecord& r : records) {
        const HostFacts& host = r.record.host;
        auto of_row = std::ranges::find_if(
            parts, [&](const Parts& p) { return key_of(p.host) == key_of(host); });
        if (of_row == parts.end()) of_row = parts.insert(parts.end(), {.host = host});
        if (of_row->host.shard.of != host.shard.of)
            return error("{} is shard {}, and {} is {}: one of them is of another run",
                         of_row->by_index.begin()->second.from, to_string(of_row->host.shard),
                         r.from, to_string(host.shard));
        const auto [other, is_new] = of_row->by_index.try_emplace(host.shard.index, std::move(r));
        if (!is_new)
            return error("{} and {} are both shard {} of the same kernel and settings",
                         other->second.from, r.from, to_string(r.record.host.shard));
    }
    std::map<std::string, std::size_t> place;
    for (const std::string& name : order) place.try_emplace(name, place.size());
    std::vector<Row> rows;
    for (Parts& p : parts) rows.push_back(row_of(p, place));
    return rows;
}

int exit_status(const std::vector<Row>& rows) {
    const auto any = [&](int status) {
        return std::ranges::any_of(
            rows, [&](const Row& row) { return exit_status(row.result) == status; });
    };
    return any(1) ? 1 : any(0) ? 0 : 4;
}

std::string rows_table(const std::vector<Row>& rows) {
    std::string out = std::format("{:12}  {:>5} {:>5} {:>5} {:>5} {:>5}  {}\n", "verdict", "pass",
                                  "fail", "incon", "skip", "xfail", "host, kernel, settings");
    const auto to = std::back_inserter(out);
    for (const Row& row : rows) {
        const Summary n = summarize(row.result);
        std::format_to(to, "{:12}  {:5} {:5} {:5} {:5} {:5}  {}\n", overall(row.result), n.pass,
                       n.fail, n.inconclusive, n.skip, n.xfail, settings_of(row.host));
    }
    for (const Row& row : rows)
        for (const ScenarioResult& s : row.result.scenarios) {
            if (s.verdict < Verdict::inconclusive) continue;
            std::format_to(to, "\n{}: {}: {}{}{}\n", settings_of(row.host), s.name,
                           to_string(s.verdict), s.why.empty() ? "" : ": ", s.why);
            for (const RuleResult& r : s.rules)
                if (r.verdict >= Verdict::inconclusive)
                    std::format_to(to, "  {}: {}: {}\n", r.rule, to_string(r.verdict), r.why);
        }
    return out;
}

std::string rows_json(const std::vector<Row>& rows, const std::string& tool) {
    Json j;
    j.open('{').member("schema", "mmuwitness-rows/1").member("tool", tool).key("rows").open('[');
    for (const Row& row : rows) {
        j.open('{');
        put(j, row.host);
        j.member("verdict", overall(row.result)).key("records").open('[');
        for (const std::string& from : row.from) j.value(from);
        j.close(']');
        put(j, summarize(row.result));
        j.key("not_passed").open('[');
        for (const ScenarioResult& s : row.result.scenarios)
            if (s.verdict != Verdict::pass)
                j.open('{')
                    .member("name", s.name)
                    .member("verdict", to_string(s.verdict))
                    .member("why", why_of(s))
                    .close('}');
        j.close(']').close('}');
    }
    return j.close(']').close('}').text();
}

}  // namespace mmuw
