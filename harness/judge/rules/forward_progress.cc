// SPDX-License-Identifier: GPL-2.0-only
// forward-progress: a vCPU that gets a CPU's time gets on.
#include <format>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class ForwardProgress : public Rule {
  public:
    void on(const Event& e, const Ledger& /*ledger*/, Findings& found) override {
        const auto m = mark_of<mark::Stuck>(e);
        if (!m) return;
        found.checked();
        if (m->ran < m->enough) return;
        found.violation({.vm = e.mark.vm},
                        std::format("vm {}: vCPU {} used {} ms of a CPU's time and did not touch "
                                    "its next page",
                                    e.mark.vm, m->vcpu, m->ran),
                        Proof::marks);
    }
};

}  // namespace

const RuleInfo forward_progress_rule = {
    .id = "forward-progress",
    .statement = "a vCPU that gets a CPU's time gets on with what it executes",
    .tolerates = "a vCPU that gets no CPU, waits in the kernel, or has its memory disturbed",
    .origin = "all",
    .hooks = {},
    .events = kinds(Kind::mark),
    .make = make_rule<ForwardProgress>,
    .end_to_end = true,
};

}  // namespace mmuw
