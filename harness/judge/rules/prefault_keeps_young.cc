// SPDX-License-Identifier: GPL-2.0-only
// prefault-keeps-young: pre-faulting does not clear the accessed bit of a live SPTE.
#include <algorithm>
#include <map>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class PrefaultKeepsYoung : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        if (e.kind == Kind::spte)
            spte(e, ledger, found);
        else if (e.kind == Kind::young)
            aging(e, ledger);
        else if (e.prefault.phase == MMUWITNESS_BEGIN)
            begin(e, ledger, found);
        else
            inside_.erase(e.pid);
    }

  private:
    using Place = std::pair<uint16_t, uint64_t>;  // vm, gfn

    // Aging clears A first and has it traced then, since 6.13 without mmu_lock: nothing is known
    // of pages that it is about.
    void aging(const Event& e, const Ledger& ledger) {
        if (e.young.phase != MMUWITNESS_BEGIN) {
            aging_.erase(e.pid);
            return;
        }
        aging_[e.pid] = e.young.vm;
        ledger.each_range(
            e.young.start, e.young.end, [&](uint16_t vm, uint64_t first, uint64_t end) {
                since_.erase(since_.lower_bound({vm, first}), since_.lower_bound({vm, end}));
            });
    }

    void begin(const Event& e, const Ledger& ledger, Findings& found) {
        const PrefaultEvent& p = e.prefault;
        inside_[e.pid] = {p.vm, p.gfn};
        for (unsigned level = 1; level <= kLevels; ++level)
            if (const SpteRecord* r = ledger.spte(p.vm, p.gfn, level); r && r->has(kAccessedLeaf)) {
                found.checked();
                if (std::ranges::none_of(aging_, [&](const auto& a) { return a.second == p.vm; }))
                    since_.insert_or_assign({p.vm, p.gfn}, level);
            }
    }

    void spte(const Event& e, const Ledger& ledger, Findings& found) {
        const SpteEvent& s = e.spte;
        const auto at = inside_.find(e.pid);
        const bool inside = at != inside_.end() && at->second.first == s.vm &&
                            at->second.second - s.gfn < ledger.pages_of(s.level);
        // By KVM, in the open: one leaf for another.
        if (inside && (s.bits_old & kAccessedLeaf) == kAccessedLeaf &&
            (s.bits_new & kLeaf) == kLeaf && !(s.bits_new & MMUWITNESS_SPTE_ACCESSED)) {
            // Also where the ledger did not know: hardware had set A.
            if (!since_.contains({s.vm, s.gfn})) found.checked();
            found.violation({.vm = s.vm, .gfn = s.gfn},
                            std::format("vm {} gfn {:#x}: pre-faulting replaced an SPTE with A by "
                                        "one without",
                                        s.vm, s.gfn));
        }
        // Or without a trace. Hardware only sets A: an SPTE that was left with it and begins its
        // next change without it has lost it in between.
        for (auto it = since_.lower_bound({s.vm, s.gfn});
             it != since_.end() && it->first.first == s.vm &&
             it->first.second - s.gfn < ledger.pages_of(s.level);) {
            const SpteRecord* r = ledger.spte(s.vm, s.gfn, s.level);
            if (it->second == s.level && r && r->certain && r->certain_before &&
                (r->bits_before & kAccessedLeaf) == kAccessedLeaf &&
                (s.bits_old & kLeaf) == kLeaf && !(s.bits_old & MMUWITNESS_SPTE_ACCESSED))
                found.violation({.vm = s.vm, .gfn = s.gfn},
                                std::format("vm {} gfn {:#x}: A has gone without a change of the "
                                            "SPTE, since pre-faulting",
                                            s.vm, s.gfn));
            it = since_.erase(it);
        }
    }

    std::map<int32_t, Place> inside_;    // by pid
    std::map<int32_t, uint16_t> aging_;  // vm, by pid
    std::map<Place, unsigned> since_;    // level of an SPTE with A that did not change since
};

}  // namespace

const RuleInfo prefault_keeps_young_rule = {
    .id = "prefault-keeps-young",
    .statement = "pre-faulting does not clear the accessed bit of a live SPTE",
    .tolerates = "nothing",
    .origin = "002",
    .hooks = {"spte", "prefault"},
    .events = kinds(Kind::prefault, Kind::spte, Kind::young),
    .make = make_rule<PrefaultKeepsYoung>,
};

}  // namespace mmuw
