// SPDX-License-Identifier: GPL-2.0-only
// retry-on-stale: no SPTE is installed from a pfn read before an invalidation ended.
#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class RetryOnStale : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        if (e.kind == Kind::notifier) {
            invalidation(e, ledger, found);
            return;
        }
        const SpteEvent& s = e.spte;
        if (s.fast || s.vcpu < 0 || s.level < 1 || s.level > kLevels) return;
        if ((s.bits_new & kLeaf) != kLeaf || (s.bits_old & kLeaf) == kLeaf) return;
        // The task that invalidates makes none of its own in between: it is change_pte, whose page
        // is the one that comes (arm64 up to 6.9; see change-pte-bracketed).
        if (std::ranges::contains(under_way_, e.pid, &Range::pid)) return;
        const VmRecord* v = ledger.vm(s.vm);
        if (!v) return;
        const auto it = v->faults.find(s.vcpu);
        if (it == v->faults.end() || !it->second.pfn_order) return;
        const FaultAttempt& f = it->second;
        if (f.pfn_gfn - s.gfn >= ledger.pages_of(s.level)) return;  // another page's look-up
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
        else if (const auto stale = stale_.find({s.vm, s.vcpu});
                 stale != stale_.end() && stale->second == f.pfn_order)
            found.violation(subject,
                            std::format("vm {} gfn {:#x}: SPTE from a pfn that was looked up "
                                        "before an invalidation of it ended",
                                        s.vm, f.pfn_gfn));
        else if (const auto hva = hva_of(ledger, s.vm, f.pfn_gfn))
            during(*hva, subject);
    }

  private:
    struct Range {
        int32_t pid;
        uint64_t start, end;
        std::optional<Subject> installed;  // meanwhile
    };
    struct Ending {  // between END_BEFORE_KVM and END_AFTER_KVM
        uint64_t order, start, end;
    };

    static std::optional<uint64_t> hva_of(const Ledger& ledger, uint16_t vm, uint64_t gfn) {
        const Slot* slot = ledger.slot_of(vm, gfn);
        if (!slot || slot->mover) return std::nullopt;
        return slot->hva + (gfn - slot->gfn) * ledger.page_size();
    }

    // What KVM's counters say may be wrong as well. From START_AFTER_KVM on the invalidation is
    // in progress for everybody who takes mmu_lock, until END_BEFORE_KVM at least. Judged there:
    // without that event (our notifier was not registered) nobody knows when it ended for KVM.
    void invalidation(const Event& e, const Ledger& ledger, Findings& found) {
        const NotifierEvent& n = e.notifier;
        if (n.phase == MMUWITNESS_END_BEFORE_KVM) ending_[e.pid] = {e.order, n.start, n.end};
        if (n.phase == MMUWITNESS_END_AFTER_KVM) ended(e, ledger);
        if (n.phase == MMUWITNESS_START_AFTER_KVM)
            under_way_.push_back({e.pid, n.start, n.end, {}});
        if (n.phase != MMUWITNESS_END_BEFORE_KVM && n.phase != MMUWITNESS_END_AFTER_KVM) return;
        const auto it = std::ranges::find_if(under_way_, [&](const Range& r) {
            return r.pid == e.pid && r.start == n.start && r.end == n.end;
        });
        if (it == under_way_.end()) return;
        const std::optional<Subject> installed = it->installed;
        under_way_.erase(it);
        if (!installed || n.phase != MMUWITNESS_END_BEFORE_KVM) return;
        found.violation(*installed,
                        std::format("vm {} gfn {:#x}: SPTE installed between "
                                    "invalidate_range_start and _end of [{:#x}, {:#x})",
                                    installed->vm, installed->gfn.value_or(0), n.start, n.end));
    }

    // Since END_BEFORE_KVM the sequence has moved, whatever the counters say: a pfn that was looked
    // up before is no good to anybody who takes mmu_lock from now on.
    void ended(const Event& e, const Ledger& ledger) {
        const auto it = ending_.find(e.pid);
        if (it == ending_.end()) return;
        const Ending n = it->second;
        ending_.erase(it);
        if (n.start != e.notifier.start || n.end != e.notifier.end) return;
        for (uint16_t id = 1; id <= MMUWITNESS_MAX_VMS; ++id) {
            const VmRecord* v = ledger.vm(id);
            if (!v) continue;
            for (const auto& [vcpu, f] : v->faults) {
                if (!f.pfn_order || f.pfn_order > n.order) continue;
                const auto hva = hva_of(ledger, id, f.pfn_gfn);
                if (hva && *hva >= n.start && *hva < n.end) stale_[{id, vcpu}] = f.pfn_order;
            }
        }
    }

    void during(uint64_t hva, const Subject& subject) {
        for (Range& r : under_way_)
            if (hva >= r.start && hva < r.end) r.installed = subject;
    }

    std::vector<Range> under_way_;
    std::unordered_map<int32_t, Ending> ending_;          // by pid
    std::map<std::pair<uint16_t, int>, uint64_t> stale_;  // (vm, vcpu) -> order of the look-up
};

}  // namespace

const RuleInfo retry_on_stale_rule = {
    .id = "retry-on-stale",
    .statement =
        "no SPTE is installed from a pfn that was read before an invalidation of the same "
        "range ended",
    .tolerates = "false negatives: an invalidation between KVM's snapshot and the first look-up",
    .origin = "001",
    .hooks = {"spte", "fault", "pfn_lookup"},
    .events = kinds(Kind::spte, Kind::notifier),
    .make = make_rule<RetryOnStale>,
};

}  // namespace mmuw
