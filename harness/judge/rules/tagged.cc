// SPDX-License-Identifier: GPL-2.0-only
// tagged: no folio is PG_dirty without the page cache's DIRTY tag once writeback has settled.
#include <unordered_map>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class Tagged : public Rule {
  public:
    void on(const Event& e, const Ledger&, Findings& found) override {
        if (e.kind == Kind::mark) {
            if (const auto settled = mark_of<mark::Settled>(e))
                settled_[e.pid] = *settled;
            else
                settled_.erase(e.pid);  // whatever the task does next, the claim is over
            return;
        }
        const auto it = settled_.find(e.pid);
        if (it == settled_.end()) return;
        const mark::Settled& r = it->second;
        const PageStateEvent& p = e.page_state;
        if (p.file != r.file || p.index - r.page >= r.pages) return;
        if (!(p.page & MMUWITNESS_PAGE_PRESENT)) return;
        found.checked();
        // folio_mark_dirty() sets PG_dirty first and the tag after, under way in somebody who
        // holds the folio lock; __folio_start_writeback() clears the tag.
        constexpr uint32_t moving = MMUWITNESS_PAGE_LOCKED | MMUWITNESS_PAGE_WRITEBACK;
        if (!(p.page & MMUWITNESS_PAGE_DIRTY) || (p.page & MMUWITNESS_PAGE_TAG_DIRTY)) return;
        if (p.page & moving) {
            found.tolerated();
            return;
        }
        found.violation({.file = p.file, .page = p.index},
                        std::format("file {} page {:#x}: PG_dirty without the DIRTY tag: writeback "
                                    "will never find it",
                                    p.file, p.index),
                        Proof::marks);
    }

  private:
    std::unordered_map<int32_t, mark::Settled> settled_;  // by task
};

}  // namespace

const RuleInfo tagged_rule = {
    .id = "tagged",
    .statement =
        "no folio is PG_dirty without the page cache's DIRTY tag once writeback has settled",
    .tolerates = "a folio that is locked or under writeback at the moment of looking",
    .origin = "000",
    .hooks = {},
    .events = kinds(Kind::mark, Kind::page_state),
    .make = make_rule<Tagged>,
};

}  // namespace mmuw
