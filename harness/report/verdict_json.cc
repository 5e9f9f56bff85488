// SPDX-License-Identifier: GPL-2.0-only
#include "report/verdict_json.h"

#include "judge/reports.h"

namespace mmuw {
namespace {

void put_witness(Json& j, const WitnessResult& w) {
    j.key("witness").open('{').key("attached").open('[');
    for (const std::string& name : w.attached) j.value(name);
    j.close(']').key("missing").open('[');
    for (const MissingHook& m : w.missing)
        j.open('{').member("name", m.name).member("why", m.why).close('}');
    j.close(']').member("events", w.events).member("lost", w.lost).close('}');
}

void put_scenario(Json& j, const ScenarioResult& s) {
    j.open('{').member("name", s.name).member("verdict", to_string(s.verdict));
    j.member("begin", s.begin).member("seconds", s.seconds);
    j.member("trials", s.trials).key("hits");
    if (s.hits_known)
        j.value(s.hits);
    else
        j.null();
    j.member("holds_won", s.holds_won).member("holds_timed_out", s.holds_timed_out);
    j.member("seed", s.seed).member("plant", s.plant).member("plant_hits", s.plant_hits);
    j.member("why", s.why).key("rules").open('[');
    for (const RuleResult& r : s.rules) {
        j.open('{').member("rule", r.rule).member("verdict", to_string(r.verdict));
        j.member("checked", r.checked).member("violations", r.violations);
        j.member("end_to_end", r.end_to_end).member("tolerated", r.tolerated);
        j.member("trials_failed", r.trials_failed).member("trials_tolerated", r.trials_tolerated);
        j.member("first_trial", r.first_trial).member("first_seconds", r.first_seconds);
        j.member("why", r.why).close('}');
    }
    j.close(']');
    if (!s.disturbances.empty()) {
        j.key("disturbers").open('[');
        for (const Disturbance& d : s.disturbances) {
            j.open('{').member("name", d.name).member("idle", d.idle()).member("why", d.why);
            j.key("counts").open('{');
            for (const auto& [what, number] : d.counts) j.member(what, number);
            j.close('}').close('}');
        }
        j.close(']');
    }
    j.close('}');
}

void put_missing(Json& j, const std::vector<MissingDisturber>& missing) {
    if (missing.empty()) return;
    j.key("missing_disturbers").open('[');
    for (const MissingDisturber& m : missing)
        j.open('{').member("name", m.name).member("why", m.why).close('}');
    j.close(']');
}

void put_known(Json& j, const std::vector<LabBugResult>& lab) {
    if (lab.empty()) return;
    j.key("known").open('[');
    for (const auto& [bug, checked, violations] : lab) {
        j.open('{').member("rule", bug.rule).member("scenarios", bug.scenarios);
        j.member("kernel", bug.kernel).member("reason", bug.reason);
        j.member("checked", checked).member("violations", violations).close('}');
    }
    j.close(']');
}

void put_report(Json& j, const JudgeResult& result) {
    const auto found = report_result(result);
    if (!found) return;
    j.key("report").open('{').member("name", found->report->name);
    j.member("page", page_of(*found->report)).member("verdict", to_string(found->verdict));
    j.member("why", found->why).key("signs").open('[');
    for (const SignResult& s : found->signs) {
        j.open('{').member("rule", s.sign.rule).member("counted", counted(s.sign));
        j.member("verdict", to_string(s.verdict)).member("scenarios", s.scenarios);
        j.member("scenarios_with", s.scenarios_with).member("trials", s.trials);
        j.member("trials_with", s.trials_with).member("checked", s.checked);
        j.member("seen", s.seen).member("why", s.why).close('}');
    }
    j.close(']').close('}');
}

}  // namespace

void put(Json& j, const HostFacts& h) {
    j.key("host").open('{');
    j.member("name", h.name).member("arch", h.arch).member("kernel", h.kernel).member("kvm", h.kvm);
    j.member("emulated", h.emulated).member("page_size", h.page_size).member("cpus", h.cpus);
    j.member("parameters", h.parameters).member("taint", h.taint).member("kmod", h.kmod);
    j.member("mmu", h.mmu).member("filesystem", h.filesystem);
    j.member("shard", to_string(h.shard));
    j.close('}');
}

void put(Json& j, const Summary& n) {
    j.key("summary").open('{').member("pass", n.pass).member("fail", n.fail);
    j.member("skip", n.skip).member("inconclusive", n.inconclusive).member("xfail", n.xfail);
    j.close('}');
}

std::string verdict_json(const JudgeResult& result, const HostFacts& host,
                         const std::string& tool) {
    Json j;
    j.open('{').member("schema", "mmuwitness-verdict/1").member("tool", tool);
    j.member("verdict", overall(result));
    put(j, host);
    put_witness(j, result.witness);
    put_missing(j, result.missing_disturbers);
    put_known(j, result.lab_bugs);
    put_report(j, result);
    j.key("scenarios").open('[');
    for (const ScenarioResult& s : result.scenarios) put_scenario(j, s);
    j.close(']');
    put(j, summarize(result));
    j.close('}');
    return j.text();
}

}  // namespace mmuw
