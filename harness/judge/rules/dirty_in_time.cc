// SPDX-License-Identifier: GPL-2.0-only
// dirty-in-time: KVM marks a folio dirty only while a notifier would still see it.
#include <set>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

bool looked_up_since(const Ledger& ledger, const FolioEvent& f, uint64_t order) {
    const VmRecord* vm = ledger.vm(f.vm);
    if (!vm || f.vcpu < 0) return false;
    const auto fault = vm->faults.find(f.vcpu);
    return fault != vm->faults.end() && fault->second.pfn_order > order;
}

class DirtyInTime : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        if (const auto journaled = mark_of<mark::Journaled>(e)) journaled_.insert(journaled->file);
        if (e.kind != Kind::folio) return;
        const FolioEvent& f = e.folio;
        if (f.op == MMUWITNESS_FOLIO_DIRTIED) by_others(f, ledger, found);
        if (f.op != MMUWITNESS_FOLIO_KVM_DIRTY || !f.file) return;
        found.checked();
        const Subject subject{.vm = f.vm, .file = f.file, .page = f.index};
        // FREE is certain (the caller does not hold mmu_lock); HELD may be somebody else's.
        if (f.lock == MMUWITNESS_LOCK_FREE && !(f.page & MMUWITNESS_PAGE_LOCKED)) {
            found.violation(
                subject, std::format("file {} page {:#x}: KVM marks the folio dirty with neither "
                                     "mmu_lock nor the folio lock held",
                                     f.file, f.index));
            return;
        }
        if (!f.vm) return;  // whose SPTE it was is not known: a VM that goes away
        const FilePage* p = ledger.file_page(f.file, f.index);
        // Judged only where the page's SPTEs were witnessed at all (TDP MMU), and not within
        // folio_mkclean(): there KVM's zap marks the folio dirty, in time.
        if (!p || !p->installed || !p->mkclean_end || p->mkclean_begin > p->mkclean_end) return;
        // A fault since the cleaning began makes it legal: the fault's own write fault
        // dirtied the folio again. From BEGIN: the fault may overtake the return.
        if (p->installed > p->mkclean_begin || ledger.page_present(f.file, f.index)) return;
        // The reference MMU marks before it installs. Its look-up may have begun before the
        // cleaning, but has dirtied the folio since, by a write fault.
        if (p->dirtied > p->mkclean_begin) return;
        // Another vCPU may have installed it, and not written its event yet: this one found the
        // fault spurious (RET_PF_SPURIOUS, 6.13+ marks the folio dirty all the same). Its own
        // look-up after the cleaning proves that: an older one has to retry.
        if (looked_up_since(ledger, f, p->mkclean_begin)) return;
        found.violation(subject, std::format("file {} page {:#x}: KVM marks the folio dirty after "
                                             "folio_mkclean() and without a fault since",
                                             f.file, f.index));
    }

  private:
    // folio_mark_dirty() wants the folio lock, or a page table's lock and a dirty PTE in it. After
    // folio_mkclean() no PTE is dirty before a write fault, which dirties under the folio lock.
    // A journal marks buffers, whose folio it need not lock (mark_buffer_dirty()).
    void by_others(const FolioEvent& f, const Ledger& ledger, Findings& found) const {
        const FilePage* p = ledger.file_page(f.file, f.index);
        if (!p || !p->mkclean_end || journaled_.contains(f.file)) return;
        found.checked();
        if (f.page & MMUWITNESS_PAGE_LOCKED) return;
        found.violation({.vm = f.vm, .file = f.file, .page = f.index},
                        std::format("file {} page {:#x}: the folio is marked dirty after "
                                    "folio_mkclean() without the folio lock",
                                    f.file, f.index));
    }

    std::set<std::uint64_t> journaled_;  // files
};

}  // namespace

const RuleInfo dirty_in_time_rule = {
    .id = "dirty-in-time",
    .statement =
        "KVM marks a folio dirty only while a notifier would still see it: under mmu_lock "
        "or the folio lock, never after page_mkclean without a new fault; nor does anybody else",
    .tolerates = "false negatives: mmu_lock held by somebody else looks held",
    .origin = "000, 004",
    .hooks = {"kvm_dirty|kvm_release_dirty", "mkclean", "spte"},
    .events = kinds(Kind::folio, Kind::mark),
    .make = make_rule<DirtyInTime>,
};

}  // namespace mmuw
