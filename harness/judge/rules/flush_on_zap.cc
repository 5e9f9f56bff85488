// SPDX-License-Identifier: GPL-2.0-only
// flush-on-zap: SPTEs of memslots that go, and page tables that huge SPTEs come in place of.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "judge/ioctls.h"
#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class FlushOnZap : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        switch (e.kind) {
            case Kind::mark:
                if (const auto m = mark_of<mark::Memslot>(e)) memslot(e, *m);
                if (const auto m = mark_of<mark::Gone>(e)) accessed(e.mark.vm, *m, found);
                break;
            case Kind::vm_ioctl:
                if (is_memslot_ioctl(e.vm_ioctl.cmd)) ioctl(e, ledger, found);
                break;
            case Kind::spte:
                removed(e, ledger);
                made(e, ledger);
                break;
            default:
                break;
        }
    }

  private:
    struct Place {
        uint64_t gfn, pages;
        bool has(uint64_t g) const { return g - gfn < pages; }
    };
    struct Removed {
        uint64_t order, gfn;
        uint8_t level;
        bool replaced = false;  // by a huge SPTE
    };
    struct Leaving {  // a slot, by the task that takes it away, or has it logged no more
        uint16_t vm;
        Place place;
        Place to = {};                      // where it moves, no pages: nowhere
        bool stays = false;                 // what goes is page tables, for huge SPTEs
        uint64_t begin = 0;                 // order of the ioctl's, 0: not yet
        std::vector<Removed> removed = {};  // of its leaf SPTEs; page tables of one that stays
        // Since then, where nothing was: of the new place. First gfn, pages.
        std::set<std::pair<uint64_t, uint64_t>> made = {};
        bool mapped = false;  // there were leaf SPTEs at the begin
    };

    // Before the ioctl (kmod/uapi): the place that the slot has until then is ours to keep.
    void memslot(const Event& e, const mark::Memslot& m) {
        const auto key = std::pair(e.mark.vm, m.slot);
        const auto before = places_.find(key);
        leaving_.erase(e.pid);
        const bool leaves = m.pages == 0 || before == places_.end() || m.gfn != before->second.gfn;
        if (before != places_.end() && (leaves || (m.flags & KVM_MEM_LOG_DIRTY_PAGES) == 0))
            leaving_[e.pid] = {
                .vm = e.mark.vm, .place = before->second, .to = {m.gfn, m.pages}, .stays = !leaves};
        if (m.pages == 0)
            places_.erase(key);
        else
            places_[key] = {m.gfn, m.pages};
    }

    void ioctl(const Event& e, const Ledger& ledger, Findings& found) {
        const auto it = leaving_.find(e.pid);
        if (it == leaving_.end() || it->second.vm != e.vm_ioctl.vm) return;
        Leaving& l = it->second;
        if (e.vm_ioctl.phase == MMUWITNESS_BEGIN) {
            l.begin = e.order;
            l.mapped = still_mapped(l, ledger).has_value();
            return;
        }
        if (l.begin && e.vm_ioctl.ret >= 0) judge(l, ledger, found);
        leaving_.erase(it);
    }

    static std::optional<uint64_t> still_mapped(const Leaving& l, const Ledger& ledger) {
        std::optional<uint64_t> at;
        ledger.each_present(l.vm, l.place.gfn, l.place.gfn + l.place.pages,
                            [&](uint64_t gfn, uint64_t pages, const SpteRecord&) {
                                if (!at && !l.made.contains({gfn, pages})) at = gfn;
                            });
        return at;
    }

    // A slot may move to where it overlaps with its old place, and vCPUs fault there again before
    // the ioctl has returned.
    void made(const Event& e, const Ledger& ledger) {
        const SpteEvent& s = e.spte;
        if ((s.bits_new & kLeaf) != kLeaf || (s.bits_old & MMUWITNESS_SPTE_PRESENT) != 0) return;
        const uint64_t pages = ledger.pages_of(s.level);
        for (auto& [pid, l] : leaving_)
            if (l.begin && l.vm == s.vm && l.to.has(s.gfn))
                l.made.emplace(s.gfn & ~(pages - 1), pages);
    }

    void removed(const Event& e, const Ledger& ledger) {
        const SpteEvent& s = e.spte;
        const auto it = leaving_.find(e.pid);
        if (it == leaving_.end() || !it->second.begin || it->second.vm != s.vm) return;
        Leaving& l = it->second;
        const bool was_leaf = (s.bits_old & kLeaf) == kLeaf;
        const bool was_table = (s.bits_old & kLeaf) == MMUWITNESS_SPTE_PRESENT;
        const bool is_table = (s.bits_new & kLeaf) == MMUWITNESS_SPTE_PRESENT;
        if (l.stays ? !was_table || is_table
                    : !was_leaf || (s.bits_new & MMUWITNESS_SPTE_PRESENT) != 0)
            return;
        if (!l.place.has(s.gfn) && l.place.gfn - s.gfn >= ledger.pages_of(s.level)) return;
        l.removed.push_back({e.order, s.gfn, s.level, (s.bits_new & MMUWITNESS_SPTE_PRESENT) != 0});
    }

    static void judge(const Leaving& l, const Ledger& ledger, Findings& found) {
        // Without its sources the protocol is not judged; what the marks say still is.
        for (const std::string_view hook : {"spte", "vm_ioctl", "tlb_flush"})
            if (!ledger.witnessed(hook)) return;
        const VmRecord* v = ledger.vm(l.vm);
        if (!v || (!l.mapped && l.removed.empty())) return;
        if (l.stays) return tables_flushed(l, ledger, found);
        found.checked();
        // kvm_mmu_zap_all_fast(): asked for when the roots had become invalid, and before their
        // SPTEs go, which no vCPU that has left the guest can use any more.
        if (v->reloaded > l.begin) return;
        const auto unflushed = std::ranges::find_if(l.removed, [&](const Removed& r) {
            return ledger.flushed(l.vm, r.gfn, r.level) < r.order;
        });
        if (const auto gfn = still_mapped(l, ledger)) {
            found.violation(
                {.vm = l.vm, .gfn = gfn, .flushes = true},
                std::format("vm {} gfn {:#x}: still mapped when its memslot is gone", l.vm, *gfn));
        } else if (unflushed != l.removed.end()) {
            found.violation({.vm = l.vm, .gfn = unflushed->gfn, .flushes = true},
                            std::format("vm {} gfn {:#x}: its memslot is gone, and the ioctl "
                                        "returned without a TLB flush",
                                        l.vm, unflushed->gfn));
        }
    }

    // The flush of one that is removed comes before its event (tdp_mmu_zap_spte_atomic()), that of
    // those that are replaced after all of them (kvm_tdp_mmu_recover_huge_pages()).
    static void tables_flushed(const Leaving& l, const Ledger& ledger, Findings& found) {
        if (l.removed.empty()) return;
        found.checked();
        const auto unflushed = std::ranges::find_if(l.removed, [&](const Removed& r) {
            return ledger.flushed(l.vm, r.gfn, r.level) < (r.replaced ? r.order : l.begin);
        });
        if (unflushed == l.removed.end()) return;
        found.violation({.vm = l.vm, .gfn = unflushed->gfn, .flushes = true},
                        std::format("vm {} gfn {:#x}: a page table was given up when the log was "
                                    "switched off, and the ioctl returned without a TLB flush",
                                    l.vm, unflushed->gfn));
    }

    static void accessed(uint16_t vm, const mark::Gone& m, Findings& found) {
        found.checked();
        if (m.exits && !m.reached) return;
        found.violation(
            {.vm = vm, .gfn = m.gfn, .flushes = true},
            std::format("vm {} gfn {:#x}: its memslot is gone, and a guest access {}", vm, m.gfn,
                        m.reached ? "reached the memory behind it" : "did not exit"),
            Proof::marks);
    }

    std::map<std::pair<uint16_t, uint64_t>, Place> places_;  // by vm and slot
    std::unordered_map<int32_t, Leaving> leaving_;           // by task
};

}  // namespace

const RuleInfo flush_on_zap_rule = {
    .id = "flush-on-zap",
    .statement =
        "when a memslot has been deleted or moved, its SPTEs are gone and no vCPU uses a "
        "translation that it had; nor page tables that were given up when its log was switched off",
    .tolerates = "nothing; a flush that was not needed is not counted",
    .origin = "001, 002",
    .hooks = {},
    .events = kinds(Kind::mark, Kind::vm_ioctl, Kind::spte),
    .make = make_rule<FlushOnZap>,
    .end_to_end = true,
};

}  // namespace mmuw
