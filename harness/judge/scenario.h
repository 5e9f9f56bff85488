// SPDX-License-Identifier: GPL-2.0-only
// One scenario under judgement: its ledger, its rules, what its notes said. Private to judge.
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "judge/judge.h"
#include "judge/known_bugs.h"

namespace mmuw {

struct Judge::Scenario {
    struct Running {
        const RuleInfo* info;
        std::unique_ptr<Rule> rule;
        Findings found;
    };

    explicit Scenario(const History& history);

    void feed(const Event& e) {
        ledger.apply(e);
        for (const unsigned i : by_kind[static_cast<size_t>(e.kind)])
            running[i].rule->on(e, ledger, running[i].found);
    }
    void add_hook(const std::string& name, const std::string& missing);
    // Why the rule has nothing to judge from, or empty.
    std::string missing_for(const RuleInfo& info) const;
    // lost: events of this scenario; doubt: why its evidence is not complete; kernel: the one
    // that it ran on.
    ScenarioResult verdict(uint64_t lost, const std::string& doubt,
                           const RunningKernel& kernel) const;

    bool with_module = true;  // NOTE_HOST
    ScenarioResult facts;     // name, seed, plant, plant_hits, trials, hits
    std::string status = "done";
    std::string status_why;
    std::string doubt;  // NOTE_DOUBT
    std::set<std::string> promised;
    // rule -> why there was nothing to be checked
    std::map<std::string, std::string> impossible;
    bool ended = false;     // SCENARIO_END came
    unsigned settling = 0;  // events since
    uint64_t first_seq = 0, last_seq = 0, first_ns = 0, last_ns = 0;

    Ledger ledger;
    std::vector<Running> running;
    std::array<std::vector<unsigned>, kKinds> by_kind;
    std::map<std::string, std::string> missing_hooks;  // name -> why; not if also attached

  private:
    void rule_verdict(const Running& r, uint64_t lost, const std::string& doubt,
                      const RunningKernel& kernel, ScenarioResult& out) const;
    bool needs_module(const RuleInfo& info) const { return !with_module && !info.end_to_end; }
    bool has_own_evidence() const;
};

}  // namespace mmuw
