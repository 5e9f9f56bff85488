// SPDX-License-Identifier: GPL-2.0-only
#include "report/read_verdict.h"

#include <algorithm>
#include <array>
#include <boost/property_tree/json_parser.hpp>
#include <filesystem>
#include <stdexcept>

namespace mmuw {
namespace {

using Tree = boost::property_tree::ptree;

std::string text(const Tree& t, const char* key) {
    return t.get<std::string>(key);
}

std::uint64_t number(const Tree& t, const char* key) {
    return t.get<std::uint64_t>(key);
}

Verdict verdict_of(const Tree& t) {
    using enum Verdict;
    const auto word = text(t, "verdict");
    for (const Verdict v : {pass, skip, xfail, inconclusive, fail})
        if (word == to_string(v)) return v;
    throw std::runtime_error(std::format("unknown verdict '{}'", word));
}

HostFacts host_of(const Tree& t) {
    return {.name = text(t, "name"),
            .arch = text(t, "arch"),
            .kernel = text(t, "kernel"),
            .kvm = text(t, "kvm"),
            .emulated = t.get<bool>("emulated"),
            .page_size = number(t, "page_size"),
            .cpus = number(t, "cpus"),
            .parameters = text(t, "parameters"),
            .taint = number(t, "taint"),
            .kmod = t.get<bool>("kmod"),
            .mmu = text(t, "mmu"),
            .filesystem = text(t, "filesystem"),
            // Records of before there were shares are whole.
            .shard = parse_shard(t.get<std::string>("shard", "1/1")).value_or(Shard{})};
}

WitnessResult witness_of(const Tree& t) {
    WitnessResult w{.events = number(t, "events"), .lost = number(t, "lost")};
    for (const auto& [_, name] : t.get_child("attached")) w.attached.push_back(name.data());
    for (const auto& [_, hook] : t.get_child("missing"))
        w.missing.push_back({.name = text(hook, "name"), .why = text(hook, "why")});
    return w;
}

RuleResult rule_of(const Tree& t) {
    return {.rule = text(t, "rule"),
            .verdict = verdict_of(t),
            .checked = number(t, "checked"),
            .violations = number(t, "violations"),
            .end_to_end = number(t, "end_to_end"),
            .tolerated = number(t, "tolerated"),
            .trials_failed = number(t, "trials_failed"),
            .trials_tolerated = number(t, "trials_tolerated"),
            .first_trial = number(t, "first_trial"),
            .first_seconds = t.get<double>("first_seconds"),
            .why = text(t, "why")};
}

Disturbance disturbance_of(const Tree& t) {
    Disturbance d{.name = text(t, "name"), .why = text(t, "why")};
    for (const auto& [what, count] : t.get_child("counts"))
        d.counts.emplace_back(what, count.get_value<std::uint64_t>());
    return d;
}

const Tree& list(const Tree& t, const char* key) {
    static const Tree none;
    const auto found = t.get_child_optional(key);
    return found ? *found : none;
}

ScenarioResult scenario_of(const Tree& t) {
    ScenarioResult s{.name = text(t, "name"),
                     .verdict = verdict_of(t),
                     .begin = t.get<double>("begin"),
                     .seconds = t.get<double>("seconds"),
                     .trials = number(t, "trials"),
                     .hits_known = text(t, "hits") != "null",
                     .holds_won = number(t, "holds_won"),
                     .holds_timed_out = number(t, "holds_timed_out"),
                     .seed = number(t, "seed"),
                     .plant = text(t, "plant"),
                     .plant_hits = number(t, "plant_hits"),
                     .why = text(t, "why")};
    if (s.hits_known) s.hits = number(t, "hits");
    for (const auto& [_, rule] : t.get_child("rules")) s.rules.push_back(rule_of(rule));
    for (const auto& [_, d] : list(t, "disturbers")) s.disturbances.push_back(disturbance_of(d));
    return s;
}

Record record_of(const Tree& t) {
    constexpr const char* kSchema = "mmuwitness-verdict/1";
    if (const auto schema = text(t, "schema"); schema != kSchema)
        throw std::runtime_error(std::format("'{}' is not {}", schema, kSchema));
    Record record{.tool = text(t, "tool"), .host = host_of(t.get_child("host")), .result = {}};
    JudgeResult& result = record.result;
    for (const note::Host& fact : record.host.notes()) result.host[fact.key] = fact.value;
    if (const auto name = t.get_optional<std::string>("report.name")) result.host["report"] = *name;
    result.witness = witness_of(t.get_child("witness"));
    for (const auto& [_, d] : list(t, "missing_disturbers"))
        result.missing_disturbers.push_back({.name = text(d, "name"), .why = text(d, "why")});
    for (const auto& [_, bug] : list(t, "known"))
        result.lab_bugs.push_back({.bug = {.rule = text(bug, "rule"),
                                           .scenarios = text(bug, "scenarios"),
                                           .kernel = text(bug, "kernel"),
                                           .reason = text(bug, "reason")},
                                   .checked = number(bug, "checked"),
                                   .violations = number(bug, "violations")});
    for (const auto& [_, s] : t.get_child("scenarios")) result.scenarios.push_back(scenario_of(s));
    return record;
}

}  // namespace

Result<Record> read_verdict(const std::string& path) {
    const bool is_directory = std::filesystem::is_directory(path);
    const std::string file = is_directory ? path + "/verdict.json" : path;
    try {
        Tree tree;
        boost::property_tree::read_json(file, tree);
        return record_of(tree);
    } catch (const boost::property_tree::json_parser_error& problem) {
        return error("{}: {}", file, problem.message());
    } catch (const std::exception& problem) {
        return error("{}: {}", file, problem.what());
    }
}

}  // namespace mmuw
