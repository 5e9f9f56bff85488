// SPDX-License-Identifier: GPL-2.0-only
// dirty-reaches-folio: KVM hands the dirtiness of an SPTE on to its folio.
#include <iterator>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class DirtyReachesFolio : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        if (e.kind == Kind::folio && e.folio.op == MMUWITNESS_FOLIO_KVM_DIRTY) {
            told_[{e.folio.file, e.folio.index}] = e.order;
            const auto it = owed_.find(e.pid);
            if (it != owed_.end() && it->second.file == e.folio.file &&
                it->second.page == e.folio.index)
                owed_.erase(it);
            return;
        }
        if (!interrupts(e)) overdue(e.pid, found);
        if (e.kind == Kind::spte) spte(e, ledger, found);
    }

  private:
    using Place = std::pair<uint16_t, uint64_t>;  // vm, gfn
    struct Owed {
        uint64_t gfn, page;
        uint16_t vm, file;
    };

    // What the task did not do itself: writeback often ends in an interrupt, of whatever runs.
    static bool interrupts(const Event& e) {
        return e.kind == Kind::folio && e.folio.op == MMUWITNESS_FOLIO_WB_END;
    }

    // Up to 6.12 KVM marks the folio right after it has changed the SPTE, before anything else
    // that this task does and that we see.
    void overdue(int32_t pid, Findings& found) {
        const auto it = owed_.find(pid);
        if (it == owed_.end()) return;
        const Owed o = it->second;
        owed_.erase(it);
        found.violation(
            {.vm = o.vm, .gfn = o.gfn, .file = o.file, .page = o.page},
            std::format("vm {} gfn {:#x}: the SPTE was dirty, and KVM has not marked the "
                        "folio dirty (file {} page {:#x})",
                        o.vm, o.gfn, o.file, o.page));
    }

    // The look-up that the SPTE is made from: the reference MMU marks the folio first.
    static uint64_t begun(const Event& e, const Ledger& ledger) {
        const VmRecord* vm = ledger.vm(e.spte.vm);
        if (!vm || e.spte.vcpu < 0) return e.order;
        const auto fault = vm->faults.find(e.spte.vcpu);
        const bool its_own = fault != vm->faults.end() && fault->second.pfn_order &&
                             fault->second.pfn_gfn == e.spte.gfn;
        return its_own ? fault->second.pfn_order : e.order;
    }

    // A memslot that goes may have made the roots obsolete: until it is gone, vCPUs make SPTEs in
    // other roots, beside the old ones, which go one by one with mmu_lock held for reading only.
    void make(const Place& place, uint64_t order, const Ledger& ledger) {
        std::vector<uint64_t>& made = made_[place];
        const VmRecord* vm = ledger.vm(place.first);
        if (!vm || !vm->region_ioctls) made.clear();
        made.push_back(order);
    }

    // 0: not known. Of two, a memslot change takes the one in the obsolete root, the older one; a
    // notifier begins with the newest root (list_add_rcu() in kvm_tdp_mmu_alloc_root()).
    uint64_t made_at(const Place& place, bool goes, bool newest_first) {
        const auto it = made_.find(place);
        if (it == made_.end()) return 0;
        std::vector<uint64_t>& made = it->second;
        const auto which = newest_first ? std::prev(made.end()) : made.begin();
        const uint64_t order = *which;
        if (goes) made.erase(which);
        if (made.empty()) made_.erase(it);
        return order;
    }

    void spte(const Event& e, const Ledger& ledger, Findings& found) {
        const SpteEvent& s = e.spte;
        if (s.fast || s.level != 1 || !s.file) return;
        const Place key{s.vm, s.gfn};
        const bool was = (s.bits_old & kLeaf) == kLeaf;
        const bool is = (s.bits_new & kLeaf) == kLeaf;
        if (is && !was) make(key, begun(e, ledger), ledger);
        const Task* task = ledger.task(e.pid);
        const uint64_t made = made_at(key, was && !is, task && task->notifier_begin);
        if ((s.bits_old & kDirtyLeaf) != kDirtyLeaf) return;
        if (is && (s.bits_new & MMUWITNESS_SPTE_DIRTY)) return;
        if (!made) return;  // made before we looked
        found.checked();
        // Since 6.13 KVM marks the folio when it makes the SPTE.
        const auto told = told_.find({s.file, s.index});
        if (told != told_.end() && told->second > made) return;
        owed_[e.pid] = {.gfn = s.gfn, .page = s.index, .vm = s.vm, .file = s.file};
    }

    std::map<Place, std::vector<uint64_t>> made_;             // orders of their begins
    std::map<std::pair<uint16_t, uint64_t>, uint64_t> told_;  // (file, page) -> order
    std::unordered_map<int32_t, Owed> owed_;                  // by pid
};

}  // namespace

const RuleInfo dirty_reaches_folio_rule = {
    .id = "dirty-reaches-folio",
    .statement =
        "the dirtiness of an SPTE reaches its folio: KVM marks the folio dirty between the look-up "
        "that the SPTE is made from and the end of its dirtiness",
    .tolerates = "a folio marked dirty that no guest has written",
    .origin = "000, 004",
    .hooks = {"spte", "kvm_dirty|kvm_release_dirty"},
    .events =
        kinds(Kind::spte, Kind::folio, Kind::notifier, Kind::vm_ioctl, Kind::vcpu_run, Kind::fault),
    .make = make_rule<DirtyReachesFolio>,
};

}  // namespace mmuw
