// SPDX-License-Identifier: GPL-2.0-only
// forward-progress: a vCPU that gets a CPU's time gets on, and is told of all that it waits for.
#include <format>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class ForwardProgress : public Rule {
  public:
    void on(const Event& e, const Ledger& /*ledger*/, Findings& found) override {
        if (const auto m = mark_of<mark::Stuck>(e)) stuck(e.mark.vm, *m, found);
        if (const auto m = mark_of<mark::Awaited>(e)) awaited(e.mark.vm, *m, found);
    }

  private:
    static void stuck(std::uint16_t vm, const mark::Stuck& m, Findings& found) {
        found.checked();
        if (m.ran < m.enough) return;
        found.violation({.vm = vm},
                        std::format("vm {}: vCPU {} used {} ms of a CPU's time and did not touch "
                                    "its next page",
                                    vm, m.vcpu, m.ran),
                        Proof::marks);
    }

    static void awaited(std::uint16_t vm, const mark::Awaited& m, Findings& found) {
        found.checked(m.told);
        if (m.told == m.taken && m.told_sum == m.taken_sum) return;
        found.violation({.vm = vm},
                        std::format("vm {}: vCPU {} was told to wait for {} pages, sum of tokens "
                                    "{:#x}, and of {} that have come, {:#x}",
                                    vm, m.vcpu, m.told, m.told_sum, m.taken, m.taken_sum),
                        Proof::marks);
    }
};

}  // namespace

const RuleInfo forward_progress_rule = {
    .id = "forward-progress",
    .statement =
        "a vCPU that gets a CPU's time gets on with what it executes, and is told once that each "
        "page is there that it has been told to wait for",
    .tolerates = "a vCPU that gets no CPU, waits in the kernel, or has its memory disturbed",
    .origin = "all",
    .hooks = {},
    .events = kinds(Kind::mark),
    .make = make_rule<ForwardProgress>,
    .end_to_end = true,
};

}  // namespace mmuw
