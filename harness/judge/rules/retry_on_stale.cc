// SPDX-License-Identifier: GPL-2.0-only
// retry-on-stale: no SPTE is installed from a pfn read before an invalidation ended.
#include <array>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class RetryOnStale : public Rule {
  public:
    void on(const Event& e, const State& state, Findings& found) override {
        const SpteEvent& s = e.spte;
        constexpr uint8_t leaf = MMUWITNESS_SPTE_PRESENT | MMUWITNESS_SPTE_LEAF;
        if (s.fast || s.vcpu < 0 || s.level < 1 || s.level > kLevels) return;
        if ((s.bits_new & leaf) != leaf || (s.bits_old & leaf) == leaf) return;
        const VmRecord* v = state.vm(s.vm);
        if (!v) return;
        const auto it = v->faults.find(s.vcpu);
        if (it == v->faults.end() || !it->second.pfn_order) return;
        const FaultAttempt& f = it->second;
        if (f.pfn_gfn - s.gfn >= state.pages_of(s.level)) return;  // another page's look-up
        found.checked();
        const Subject subject{.vm = s.vm, .gfn = f.pfn_gfn};
        // KVM's own snapshot is not newer than ours, the SPTE's is read under mmu_lock: equal,
        // unless is_page_fault_stale() let an invalidation pass.
        if (s.inv_seq != f.pfn_inv_seq)
            found.violation(subject, std::format("vm {} gfn {:#x}: SPTE from a stale pfn: "
                                                 "mmu_invalidate_seq was {} at its look-up, is {}",
                                                 s.vm, f.pfn_gfn, f.pfn_inv_seq, s.inv_seq));
        // mmu_invalidate_retry_gfn() asks for the faulting gfn only, whatever the level.
        else if (s.inv_in_progress && f.pfn_gfn >= s.inv_start && f.pfn_gfn < s.inv_end)
            found.violation(subject, std::format("vm {} gfn {:#x}: SPTE installed while [{:#x}, "
                                                 "{:#x}) is being invalidated",
                                                 s.vm, f.pfn_gfn, s.inv_start, s.inv_end));
    }
};

constexpr std::array<std::string_view, 3> hooks = {"spte", "fault", "pfn_lookup"};

}  // namespace

const RuleInfo retry_on_stale_rule = {
    .id = "retry-on-stale",
    .statement =
        "no SPTE is installed from a pfn that was read before an invalidation of the same "
        "range ended",
    .tolerates = "false negatives: an invalidation between KVM's snapshot and the first look-up",
    .origin = "001",
    .hooks = hooks,
    .events = kinds(Kind::spte),
    .make = make_rule<RetryOnStale>,
};

}  // namespace mmuw
