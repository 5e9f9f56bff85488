// SPDX-License-Identifier: GPL-2.0-only
// unmapped-when-clean: after an invalidation no vCPU uses the old translation.
#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class UnmappedWhenClean : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        if (e.kind == Kind::spte) {
            removed(e, ledger);
            return;
        }
        if (e.notifier.phase == MMUWITNESS_START_BEFORE_KVM) removed_.erase(e.pid);
        if (e.notifier.phase != MMUWITNESS_START_AFTER_KVM) return;
        const Task* t = ledger.task(e.pid);
        // The witness may have come between: then KVM's part was not seen from its start.
        if (!t || !t->notifier_begin || t->notifier_start != e.notifier.start ||
            t->notifier_end != e.notifier.end)
            return;
        ledger.each_range(e.notifier.start, e.notifier.end,
                          [&](uint16_t vm, uint64_t first, uint64_t end) {
                              check_unmapped(vm, first, end, *t, ledger, found);
                          });
        check_flush(e, ledger, found);
        check_others(e, ledger, found);
        removed_.erase(e.pid);
    }

  private:
    struct One {
        uint64_t order, gfn;
        uint8_t level;
    };
    // Of one task, within KVM's part of invalidate_range_start.
    struct Removed {
        std::array<std::vector<One>, MMUWITNESS_MAX_VMS + 1> of{};
    };

    // An SPTE for more than a small page that a fault has installed.
    struct Huge {
        uint64_t gfn, order, fault_gfn;
    };

    // KVM lets a fault go on whose own gfn is in no range that is being invalidated
    // (mmu_invalidate_retry_gfn()), also with a huge page of which another part is: before the
    // host can take that part it has to split the page, which is an invalidation of all of it.
    void installed(const SpteEvent& s, uint64_t order, const Ledger& ledger) {
        const VmRecord* v = ledger.vm(s.vm);
        if (s.level < 2 || s.vcpu < 0 || !v || s.vm > MMUWITNESS_MAX_VMS) return;
        const auto fault = v->faults.find(s.vcpu);
        if (fault == v->faults.end() || !fault->second.pfn_order) return;
        std::vector<Huge>& all = installed_[s.vm];
        std::erase_if(all, [&](const Huge& h) { return h.gfn == s.gfn; });
        all.push_back({s.gfn, order, fault->second.pfn_gfn});
    }

    bool may_be_beside(uint16_t vm, uint64_t gfn, uint64_t first, uint64_t end,
                       uint64_t since) const {
        return std::ranges::any_of(installed_[vm], [&](const Huge& h) {
            return h.gfn == gfn && h.order > since && (h.fault_gfn < first || h.fault_gfn >= end);
        });
    }

    void removed(const Event& e, const Ledger& ledger) {
        const SpteEvent& s = e.spte;
        if ((s.bits_new & kLeaf) == kLeaf) installed(s, e.order, ledger);
        if ((s.bits_old & kLeaf) != kLeaf || (s.bits_new & MMUWITNESS_SPTE_PRESENT)) return;
        if (s.vm > MMUWITNESS_MAX_VMS) return;
        const Task* t = ledger.task(e.pid);
        if (t && t->notifier_begin)
            removed_[e.pid].of[s.vm].push_back({e.order, s.gfn, s.level});
        else if (s.by_kvm)
            by_kvm(ledger, s.vm, {e.order, s.gfn, s.level});
    }

    void by_kvm(const Ledger& ledger, uint16_t vm, const One& removed) {
        constexpr size_t kMany = 4096;
        std::vector<One>& all = by_kvm_[vm];
        if (all.size() >= kMany)
            std::erase_if(
                all, [&](const One& r) { return ledger.flushed(vm, r.gfn, r.level) > r.order; });
        all.push_back(removed);
    }

    // KVM's thread that gives up page tables (kvm_recover_nx_huge_pages()) flushes before it drops
    // mmu_lock. If it does not, nothing is left here for the invalidation to find and to flush.
    void check_others(const Event& e, const Ledger& ledger, Findings& found) {
        ledger.each_range(
            e.notifier.start, e.notifier.end, [&](uint16_t vm, uint64_t first, uint64_t end) {
                std::erase_if(by_kvm_[vm], [&](const One& r) {
                    if (r.gfn < first || r.gfn >= end) return false;
                    found.checked();
                    if (ledger.flushed(vm, r.gfn, r.level) > r.order) return true;
                    found.violation({.vm = vm, .gfn = r.gfn, .flushes = true},
                                    std::format("vm {} gfn {:#x}: its SPTE was removed, not for "
                                                "an invalidation, without a TLB flush until one",
                                                vm, r.gfn));
                    return true;
                });
            });
    }

    void check_unmapped(uint16_t vm, uint64_t first, uint64_t end, const Task& t,
                        const Ledger& ledger, Findings& found) const {
        const VmRecord* v = ledger.vm(vm);
        // Whether KVM has found a memslot at its old place or at its new one is not known if it has
        // moved meanwhile, nor which gfns are those of the range: kvm_swap_active_memslots().
        const bool moved = v && std::ranges::any_of(v->slots, [&](const Slot& s) {
                               return s.has(first) && s.moved > t.notifier_begin;
                           });
        ledger.each_present(vm, first, end, [&](uint64_t gfn, uint64_t pages, const SpteRecord&) {
            found.checked();
            if (moved || (pages > 1 && may_be_beside(vm, gfn, first, end, t.notifier_begin))) {
                found.tolerated();
                return;
            }
            found.violation({.vm = vm, .gfn = gfn, .flushes = true},
                            std::format("vm {} gfn {:#x}: still mapped when invalidate_range_start "
                                        "returned from KVM",
                                        vm, gfn));
        });
    }

    void check_flush(const Event& e, const Ledger& ledger, Findings& found) {
        const auto it = removed_.find(e.pid);
        if (it == removed_.end()) return;
        for (uint16_t vm = 1; vm <= MMUWITNESS_MAX_VMS; ++vm) {
            const auto& removed = it->second.of[vm];
            const VmRecord* v = ledger.vm(vm);
            if (removed.empty() || !v) continue;
            found.checked();
            // SPTEs of a root that a memslot change invalidated need no flush:
            // tdp_mmu_zap_leafs(), "if (!root->role.invalid)".
            const Task* t = ledger.task(e.pid);
            if (v->region_ioctls || (t && v->last_region_end > t->notifier_begin)) {
                found.tolerated();
                continue;
            }
            const auto one = std::ranges::find_if(removed, [&](const auto& r) {
                return ledger.flushed(vm, r.gfn, r.level) <= r.order;
            });
            if (one == removed.end()) continue;
            found.violation({.vm = vm, .gfn = one->gfn, .flushes = true},
                            std::format("vm {} gfn {:#x}: unmapped without a TLB flush before "
                                        "invalidate_range_start returned from KVM",
                                        vm, one->gfn));
        }
    }

    std::unordered_map<int32_t, Removed> removed_;
    std::array<std::vector<Huge>, MMUWITNESS_MAX_VMS + 1> installed_{};  // the newest of each gfn
    std::array<std::vector<One>, MMUWITNESS_MAX_VMS + 1> by_kvm_{};      // and not looked at since
};

}  // namespace

const RuleInfo unmapped_when_clean_rule = {
    .id = "unmapped-when-clean",
    .statement =
        "after an invalidation no vCPU writes through the old translation: its SPTEs are "
        "gone and flushed when KVM's invalidate_range_start returns",
    .tolerates =
        "an unflushed removal while memslots change: the root may be invalid already; "
        "SPTEs left in a memslot that moves: it may be at either place; a huge SPTE that a fault "
        "beside the range has installed meanwhile",
    .origin = "001, 004",
    .hooks = {"spte", "notifier_start", "tlb_flush"},
    .events = kinds(Kind::spte, Kind::notifier),
    .make = make_rule<UnmappedWhenClean>,
};

}  // namespace mmuw
