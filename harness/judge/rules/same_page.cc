// SPDX-License-Identifier: GPL-2.0-only
// same-page: guest and VMM are led to the same page.
#include <unordered_set>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class SamePage : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        if (e.kind == Kind::notifier) {
            changed_ = e.order;
            if (e.notifier.phase == MMUWITNESS_START_BEFORE_KVM) in_progress_.insert(e.pid);
            if (e.notifier.phase == MMUWITNESS_END_AFTER_KVM) in_progress_.erase(e.pid);
        } else if (e.kind == Kind::spte) {
            changed_ = e.order;
        }
        if (mark_of<mark::HostLook>(e)) looked_ = in_progress_.empty() ? e.order : 0;
        if (const auto m = mark_of<mark::HostMaps>(e)) maps(e.mark.vm, *m, ledger, found);
    }

  private:
    void maps(uint16_t vm, const mark::HostMaps& m, const Ledger& ledger, Findings& found) const {
        ledger.each_present(vm, m.gfn, m.gfn + 1, [&](uint64_t gfn, uint64_t, const SpteRecord& r) {
            if (!r.leads_somewhere()) return;
            found.checked();
            if (looked_ == 0 || changed_ > looked_) {
                found.tolerated();
                return;
            }
            const uint64_t pfn = r.pfn + (m.gfn - gfn);
            if (pfn == m.pfn) return;
            const std::string host = m.pfn == 0 ? "nothing" : std::format("pfn {:#x}", m.pfn);
            found.violation({.vm = vm, .gfn = m.gfn},
                            std::format("vm {} gfn {:#x}: the guest is led to pfn {:#x}, where the "
                                        "VMM's page table has {}",
                                        vm, m.gfn, pfn, host));
        });
    }

    std::unordered_set<int32_t> in_progress_;  // tasks that invalidate
    uint64_t changed_ = 0;                     // order of the newest change of either page table
    uint64_t looked_ = 0;  // of the VMM's look; 0: an invalidation was under way
};

}  // namespace

const RuleInfo same_page_rule = {
    .id = "same-page",
    .statement = "a gfn leads to the page that the VMM's own page table has for it, or nowhere",
    .tolerates = "pages that change while the VMM looks",
    .origin = "all",
    .hooks = {"spte", "notifier_start"},
    .events = kinds(Kind::spte, Kind::notifier, Kind::mark),
    .make = make_rule<SamePage>,
};

}  // namespace mmuw
