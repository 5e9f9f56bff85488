// SPDX-License-Identifier: GPL-2.0-only
// same-page: guest and VMM are led to the same page.
#include <algorithm>
#include <unordered_map>
#include <vector>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

// gfns [first, end) of a VM.
struct Range {
    uint16_t vm;
    uint64_t first, end;
};

class SamePage : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        if (e.kind == Kind::notifier) {
            invalidation(e, ledger);
        } else if (e.kind == Kind::spte && looking_at_ != 0) {
            const uint64_t pages = ledger.pages_of(e.spte.level);
            const uint64_t first = e.spte.gfn / pages * pages;
            changing_.push_back({e.spte.vm, first, first + pages});
        }
        if (const auto m = mark_of<mark::HostLook>(e)) {
            looking_at_ = m->pages;
            changing_.clear();
            for (const auto& [pid, ranges] : in_progress_)
                changing_.insert(changing_.end(), ranges.begin(), ranges.end());
        }
        if (const auto m = mark_of<mark::HostMaps>(e)) {
            maps(e.mark.vm, *m, ledger, found);
            if (looking_at_ != 0) looking_at_--;
        }
    }

  private:
    void invalidation(const Event& e, const Ledger& ledger) {
        if (e.notifier.phase == MMUWITNESS_START_BEFORE_KVM) {
            std::vector<Range>& ranges = in_progress_[e.pid];
            ledger.each_range(e.notifier.start, e.notifier.end,
                              [&](uint16_t vm, uint64_t first, uint64_t end) {
                                  ranges.push_back({vm, first, end});
                                  if (looking_at_ != 0) changing_.push_back({vm, first, end});
                              });
        }
        if (e.notifier.phase == MMUWITNESS_END_AFTER_KVM) in_progress_.erase(e.pid);
    }

    void maps(uint16_t vm, const mark::HostMaps& m, const Ledger& ledger, Findings& found) const {
        ledger.each_present(vm, m.gfn, m.gfn + 1, [&](uint64_t gfn, uint64_t, const SpteRecord& r) {
            if (!r.leads_somewhere()) return;
            found.checked();
            if (std::ranges::any_of(changing_, [&](const Range& range) {
                    return range.vm == vm && range.first <= m.gfn && m.gfn < range.end;
                })) {
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

    std::unordered_map<int32_t, std::vector<Range>> in_progress_;  // by task that invalidates
    uint64_t looking_at_ = 0;      // pages that are left of the VMM's look
    std::vector<Range> changing_;  // in either page table, at that look or since
};

}  // namespace

const RuleInfo same_page_rule = {
    .id = "same-page",
    .statement = "a gfn leads to the page that the VMM's own page table has for it, or nowhere",
    .tolerates = "a page that changes while the VMM looks",
    .origin = "all",
    .hooks = {"spte", "notifier_start"},
    .events = kinds(Kind::spte, Kind::notifier, Kind::mark),
    .make = make_rule<SamePage>,
};

}  // namespace mmuw
