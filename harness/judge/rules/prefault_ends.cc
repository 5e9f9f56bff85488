// SPDX-License-Identifier: GPL-2.0-only
// prefault-ends: pre-faulting does not look a page up again and again with nothing changed.
#include <format>
#include <unordered_map>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

// A look-up is done again when it has become stale (an invalidation, which moves the sequence), or
// when another vCPU changes the same SPTE, which a guest with one vCPU has not.
constexpr unsigned kMany = 32;

class PrefaultEnds : public Rule {
  public:
    void on(const Event& e, const Ledger& /*ledger*/, Findings& found) override {
        if (e.kind == Kind::fault) {
            if (e.fault.phase == MMUWITNESS_FAULT_PFN) look_up(e, found);
        } else if (e.prefault.phase == MMUWITNESS_BEGIN) {
            inside_[e.pid] = {};
        } else {
            const auto it = inside_.find(e.pid);
            // One that a signal ended early has shown nothing.
            if (it != inside_.end() && !it->second.said && e.prefault.ret >= 0) found.checked();
            inside_.erase(e.pid);
        }
    }

  private:
    struct Step {
        std::uint64_t gfn = 0, sequence = 0;
        unsigned same = 0;  // look-ups of this gfn at this sequence, one after the other
        bool said = false;
    };

    void look_up(const Event& e, Findings& found) {
        const auto it = inside_.find(e.pid);
        if (it == inside_.end()) return;
        Step& step = it->second;
        const FaultEvent& f = e.fault;
        if (f.inv_in_progress != 0 || f.inv_seq != step.sequence || f.gfn != step.gfn)
            step.same = 0;
        step.gfn = f.gfn;
        step.sequence = f.inv_seq;
        if (++step.same <= kMany || step.said) return;
        step.said = true;
        found.checked();
        found.violation({.vm = f.vm, .gfn = f.gfn},
                        std::format("vm {} gfn {:#x}: pre-faulting looked it up {} times at "
                                    "mmu_invalidate_seq {}, with no invalidation under way",
                                    f.vm, f.gfn, step.same, f.inv_seq));
    }

    std::unordered_map<int32_t, Step> inside_;  // by pid
};

}  // namespace

const RuleInfo prefault_ends_rule = {
    .id = "prefault-ends",
    .statement = "pre-faulting does not look a page up again and again with nothing changed",
    .tolerates = "nothing",
    .origin = "002",
    .hooks = {"prefault", "pfn_lookup"},
    .events = kinds(Kind::prefault, Kind::fault),
    .make = make_rule<PrefaultEnds>,
};

}  // namespace mmuw
