// SPDX-License-Identifier: GPL-2.0-only
// stable-page: when a page's writeback starts, no vCPU can write to it.
#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class StablePage : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        const FolioEvent& f = e.folio;
        if (f.op != MMUWITNESS_FOLIO_WB_START || !f.file) return;
        for (uint64_t page = f.index; page < f.index + f.pages; ++page) {
            const FilePage* p = ledger.file_page(f.file, page);
            if (!p || !p->installed) continue;  // no guest has ever seen it
            found.checked();
            for (const Ledger::Place& place : ledger.places_of(f.file, page))
                if (ledger.spte_writable(place.vm, place.gfn))
                    found.violation(
                        {.vm = place.vm, .gfn = place.gfn, .file = f.file, .page = page},
                        std::format("file {} page {:#x}: writeback starts, and vm {} "
                                    "gfn {:#x} has a writable SPTE",
                                    f.file, page, place.vm, place.gfn));
        }
    }
};

}  // namespace

const RuleInfo stable_page_rule = {
    .id = "stable-page",
    .statement =
        "what goes to the disk is the page as it was write-protected: when its writeback starts, "
        "no vCPU has a writable SPTE of it",
    .tolerates = "writes after writeback has started, where the filesystem lets them in",
    .origin = "004",
    // Both hooks see an SPTE become writable: x86's fast page fault, arm64's change of permissions.
    .hooks = {"spte", "spte_fast|spte_attributes", "writeback_start"},
    .events = kinds(Kind::folio),
    .make = make_rule<StablePage>,
};

}  // namespace mmuw
