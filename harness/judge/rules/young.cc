// SPDX-License-Identifier: GPL-2.0-only
// young: an access since the last aging is seen by the next; flushes happen where, and only
// where, this kernel promises them.
#include <array>
#include <set>
#include <unordered_map>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class Young : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        switch (e.kind) {
            case Kind::young:
                if (e.young.phase == MMUWITNESS_BEGIN)
                    begin(e, ledger);
                else
                    end(e, ledger, found);
                break;
            case Kind::spte:
                spte(e, found);
                break;
            case Kind::notifier:
                invalidation(e, ledger);
                break;
            case Kind::tlb_flush:
                if (e.tlb_flush.phase == MMUWITNESS_FLUSH_REQUEST) flush(e);
                break;
            case Kind::mark:
                mark(e);
                break;
            default:
                break;
        }
    }

  private:
    // One call of KVM's callback, by the task that is in it.
    struct Aging {
        uint16_t vm = 0;
        uint64_t begin = 0;                // orders
        uint64_t aged = 0;                 // last change that took A, 0: none
        uint64_t flushed = 0;              // last flush that the task itself asked for
        uint64_t gfn = 0;                  // one that is talked about
        std::set<uint64_t> accessed = {};  // gfns whose SPTE had A, and nobody else touches it
        bool alone = true;                 // nobody else was at work in the VM
    };

    // Of a VM whose guest has guests: KVM has SPTEs for them of which no event tells.
    struct Nested {
        uint64_t asked = 0, young = 0;  // calls for pages that were touched since the one before
        uint64_t touched = 0;           // order of the last such mark
        std::set<uint64_t> pages = {};  // gfns of all of them
    };

    void mark(const Event& e) {
        if (e.mark.vm >= touched_.size()) return;
        if (mark_of<mark::Nested>(e)) nested_.try_emplace(e.mark.vm);
        const auto m = mark_of<mark::Touched>(e);
        if (!m) return;
        for (uint64_t i = 0; i < m->pages; ++i) touched_[e.mark.vm].insert(m->gfn + i);
        const auto it = nested_.find(e.mark.vm);
        if (it == nested_.end()) return;
        it->second.touched = e.order;
        for (uint64_t i = 0; i < m->pages; ++i) it->second.pages.insert(m->gfn + i);
    }

    // One access may be missed: KVM is free to drop such an SPTE. Not every one. The mark comes
    // after the access, and somebody may have asked for that page in between: `concerned`, and the
    // answer is as good.
    static void end_of_nested(Nested& nested, const YoungEvent& y, bool concerned, uint64_t missed,
                              const Subject& subject, Findings& found) {
        constexpr uint64_t kEnough = 6;
        if (y.op == MMUWITNESS_YOUNG_TEST) return;
        if (concerned && y.young) nested.young++;
        if (missed == 0) return;
        nested.asked++;
        if (nested.young == 0 && nested.asked == kEnough)
            found.violation(subject,
                            std::format("vm {} gfn {:#x}: touched before each of {} calls, and "
                                        "KVM never answered that it was young",
                                        subject.vm, subject.gfn.value_or(0), nested.asked));
    }

    void begin(const Event& e, const Ledger& ledger) {
        Aging a{.vm = e.young.vm, .begin = e.order};
        const VmRecord* v = ledger.vm(a.vm);
        a.alone = idle(v) && unmapping_.empty();
        ledger.each_range(e.young.start, e.young.end,
                          [&](uint16_t vm, uint64_t first, uint64_t end) {
                              if (vm != a.vm) return;
                              a.gfn = first;
                              // A memslot change invalidates the root: aging looks at the next one.
                              if (v && v->region_ioctls) return;
                              if (unmapping(ledger, vm, first, end)) return;
                              ledger.each_present(vm, first, end,
                                                  [&](uint64_t gfn, uint64_t, const SpteRecord& r) {
                                                      if (r.has(kLeaf | MMUWITNESS_SPTE_ACCESSED))
                                                          a.accessed.insert(gfn);
                                                  });
                          });
        aging_[e.pid] = std::move(a);
    }

    // An SPTE is removed first and traced then: aging may have come in between, without mmu_lock.
    void invalidation(const Event& e, const Ledger& ledger) {
        if (e.notifier.phase != MMUWITNESS_START_BEFORE_KVM) {
            unmapping_.erase(e.pid);
            return;
        }
        unmapping_[e.pid] = {e.notifier.start, e.notifier.end};
        for (auto& [pid, a] : aging_) a.alone = false;
        ledger.each_range(e.notifier.start, e.notifier.end,
                          [&](uint16_t vm, uint64_t first, uint64_t end) {
                              // No SPTE of these is left, whoever had one.
                              if (nested_.contains(vm))
                                  touched_[vm].erase(touched_[vm].lower_bound(first),
                                                     touched_[vm].lower_bound(end));
                              for (auto& [pid, a] : aging_)
                                  if (a.vm == vm)
                                      a.accessed.erase(a.accessed.lower_bound(first),
                                                       a.accessed.lower_bound(end));
                          });
    }

    // An SPTE that somebody else changes at this moment is young without a look at it
    // (kvm_tdp_mmu_age_spte() since 6.13).
    static bool idle(const VmRecord* v) {
        if (!v || v->ioctls) return false;
        for (const auto& [vcpu, attempt] : v->faults)
            if (attempt.begin) return false;
        return true;
    }

    bool unmapping(const Ledger& ledger, uint16_t vm, uint64_t first, uint64_t end) const {
        bool any = false;
        for (const auto& [pid, range] : unmapping_)
            ledger.each_range(range.first, range.second, [&](uint16_t v, uint64_t f, uint64_t e) {
                any |= v == vm && f < end && first < e;
            });
        return any;
    }

    void spte(const Event& e, Findings& found) {
        const SpteEvent& s = e.spte;
        const bool leaf = (s.bits_old & kLeaf) == kLeaf && (s.bits_new & kLeaf) == kLeaf;
        const bool lost = leaf && (s.bits_old & ~s.bits_new & MMUWITNESS_SPTE_ACCESSED);
        bool ages = false;
        for (auto& [pid, a] : aging_) {
            if (a.vm != s.vm) continue;
            if (pid == e.pid && lost) {
                a.aged = e.order;
                a.gfn = s.gfn;
                ages = true;
            } else {
                a.accessed.erase(s.gfn);
                a.alone = false;
            }
        }
        // A write-protection, or a fault on an SPTE that is there: the access is forgotten.
        if (lost && !ages) found.tolerated();
    }

    void flush(const Event& e) {
        const auto it = aging_.find(e.pid);
        if (it != aging_.end() && it->second.vm == e.tlb_flush.vm) it->second.flushed = e.order;
    }

    void end(const Event& e, const Ledger& ledger, Findings& found) {
        const auto it = aging_.find(e.pid);
        if (it == aging_.end()) return;
        const Aging a = std::move(it->second);
        aging_.erase(it);
        const YoungEvent& y = e.young;
        const VmRecord* v = ledger.vm(a.vm);
        if (!v || a.vm != y.vm) return;
        const bool moved = v->region_ioctls || v->last_region_end > a.begin;
        const auto nested = nested_.find(a.vm);
        const bool all_told = nested == nested_.end();
        bool ours = false, concerned = false;
        uint64_t missed = 0;
        ledger.each_range(y.start, y.end, [&](uint16_t vm, uint64_t first, uint64_t end) {
            if (vm != a.vm) return;
            ours = true;
            if (!all_told) {
                const auto page = nested->second.pages.lower_bound(first);
                concerned |= page != nested->second.pages.end() && *page < end;
            }
            for (uint64_t gfn = first; gfn < end; ++gfn)
                missed += y.op == MMUWITNESS_YOUNG_TEST ? touched_[vm].contains(gfn)
                                                        : touched_[vm].erase(gfn);
        });
        if (!ours) return;
        found.checked();
        const bool accessed = a.aged || (!a.accessed.empty() && !moved);
        const Subject subject{.vm = a.vm,
                              .gfn = a.aged || a.accessed.empty() ? a.gfn : *a.accessed.begin(),
                              .flushes = true};
        // A change of memslots takes all SPTEs away.
        if (!all_told && !moved && v->last_region_end <= nested->second.touched)
            end_of_nested(nested->second, y, concerned, missed, subject, found);
        if (accessed && !y.young)
            found.violation(subject,
                            std::format("vm {} gfn {:#x}: its SPTE had A, and KVM answered that it "
                                        "was not young",
                                        a.vm, *subject.gfn));
        else if (!y.young && missed)
            found.tolerated(missed);  // accessed through a TLB entry that nobody flushed
        if (y.op == MMUWITNESS_YOUNG_TEST && a.aged)
            found.violation(subject, std::format("vm {} gfn {:#x}: KVM was asked whether it was "
                                                 "young, and took A",
                                                 a.vm, *subject.gfn));
        if (all_told && y.op != MMUWITNESS_YOUNG_TEST && y.young && !a.aged && a.alone && idle(v) &&
            !moved)
            found.violation(subject, std::format("vm {} gfn {:#x}: KVM answered that it was young, "
                                                 "and took A from no SPTE",
                                                 a.vm, *subject.gfn));
        if (y.promised && y.young && v->flushed <= std::max(a.begin, a.aged))
            found.violation(subject,
                            std::format("vm {} gfn {:#x}: young, and the promised TLB flush did "
                                        "not come before KVM answered",
                                        a.vm, *subject.gfn));
        if (a.flushed && !(y.promised && (a.aged || !all_told)))
            found.violation(
                subject,
                std::format("vm {} gfn {:#x}: a TLB flush, and {}", a.vm, *subject.gfn,
                            y.promised ? "nothing was young" : "this kernel promises none here"));
    }

    std::unordered_map<int32_t, Aging> aging_;  // by pid
    // Ranges of hvas that KVM is unmapping, by pid.
    std::unordered_map<int32_t, std::pair<uint64_t, uint64_t>> unmapping_;
    std::array<std::set<uint64_t>, MMUWITNESS_MAX_VMS + 1> touched_;
    std::unordered_map<uint16_t, Nested> nested_;  // by VM
};

}  // namespace

const RuleInfo young_rule = {
    .id = "young",
    .statement =
        "an access since the last aging is seen by the next; flushes happen where, and only "
        "where, this kernel promises them",
    .tolerates =
        "accesses that aging misses: through a TLB entry, or A lost by another change (counted)",
    .origin = "002",
    .hooks = {"spte", "tlb_flush", "clear_flush_young", "clear_young"},
    .events = kinds(Kind::young, Kind::spte, Kind::notifier, Kind::tlb_flush, Kind::mark),
    .make = make_rule<Young>,
};

}  // namespace mmuw
