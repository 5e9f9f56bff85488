// SPDX-License-Identifier: GPL-2.0-only
// dirty-not-lost-in-race: two vCPUs resolving one fault do not leave W=1 D=0 behind W=1 D=1
// without a flush.
#include <linux/kvm.h>

#include <iterator>
#include <map>
#include <unordered_map>
#include <utility>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

bool lost_dirty(uint8_t before, uint8_t after) {
    return (before & kDirtyLeaf) == kDirtyLeaf && (after & kWritableLeaf) == kWritableLeaf &&
           !(after & MMUWITNESS_SPTE_DIRTY);
}

class DirtyNotLostInRace : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        if (e.kind == Kind::spte)
            spte(e, found);
        else if (e.kind == Kind::vm_ioctl && e.vm_ioctl.phase == MMUWITNESS_BEGIN)
            begun_[e.pid] = e.order;
        else if (const auto m = mark_of<mark::Memslot>(e))
            memslot(e, *m, ledger, found);
    }

  private:
    struct Last {
        uint64_t order;
        uint8_t bits;
    };
    void spte(const Event& e, Findings& found) {
        const SpteEvent& s = e.spte;
        if (s.level != 1) return;
        Last& last = last_[{s.vm, s.gfn}];
        // Seen as it happens, or by a W=1 D=0 that follows on a W=1 D=1: only software clears D.
        if (lost_dirty(s.bits_old, s.bits_new)) {
            // By a fault; collecting or switching on a log clears D where it is what is logged
            // (PML), and flush-on-protect has that.
            if (s.vcpu >= 0)
                dropped_[{s.vm, s.gfn}] = e.order;
            else
                dropped_.try_emplace({s.vm, s.gfn}, e.order);
            if (s.vcpu >= 0) found.tolerated();
        } else if (lost_dirty(last.bits, s.bits_old)) {
            dropped_[{s.vm, s.gfn}] = last.order;
        }
        last = {.order = e.order, .bits = s.bits_new};
    }

    // The mark that follows when a memslot's log was switched on. From then on a write through the
    // first vCPU's dirty TLB entry would be in no log. Of a memslot that is read-only there is
    // none.
    void memslot(const Event& e, const mark::Memslot& m, const Ledger& ledger, Findings& found) {
        const bool logs = m.flags & KVM_MEM_LOG_DIRTY_PAGES;
        const bool logged = std::exchange(logging_[{e.mark.vm, m.slot}], logs);
        if (!logs || logged || (m.flags & KVM_MEM_READONLY)) return;
        const auto end = dropped_.lower_bound({e.mark.vm, m.gfn + m.pages});
        for (auto d = dropped_.lower_bound({e.mark.vm, m.gfn}); d != end;) {
            const auto [gfn, order] = std::pair(d->first.second, d->second);
            // Raced with the ioctl: the next one has to flush.
            const bool raced = order > begun_[e.pid];
            d = raced ? std::next(d) : dropped_.erase(d);
            if (!raced) switched_on(e.mark.vm, gfn, order, ledger, found);
        }
    }

    static void switched_on(uint16_t vm, uint64_t gfn, uint64_t order, const Ledger& ledger,
                            Findings& found) {
        found.checked();
        if (!ledger.vm(vm) || ledger.flushed(vm, gfn, 1) > order) return;
        found.violation({.vm = vm, .gfn = gfn, .flushes = true},
                        std::format("vm {} gfn {:#x}: W=1 D=1 became W=1 D=0, and the log was "
                                    "switched on without a TLB flush since",
                                    vm, gfn));
    }

    std::map<std::pair<uint16_t, uint64_t>, Last> last_;         // (vm, gfn)
    std::map<std::pair<uint16_t, uint64_t>, bool> logging_;      // (vm, slot)
    std::map<std::pair<uint16_t, uint64_t>, uint64_t> dropped_;  // (vm, gfn): when
    std::unordered_map<int32_t, uint64_t> begun_;                // pid -> order of its VM ioctl
};

}  // namespace

const RuleInfo dirty_not_lost_in_race_rule = {
    .id = "dirty-not-lost-in-race",
    .statement =
        "two vCPUs resolving one fault do not leave W=1 D=0 behind W=1 D=1 without a flush before "
        "the log is switched on",
    .tolerates = "a dropped D bit that is followed by a flush (make_spte() up to 6.12)",
    .origin = "002",
    .hooks = {"spte", "vm_ioctl", "tlb_flush"},
    .events = kinds(Kind::spte, Kind::vm_ioctl, Kind::mark),
    .make = make_rule<DirtyNotLostInRace>,
};

}  // namespace mmuw
