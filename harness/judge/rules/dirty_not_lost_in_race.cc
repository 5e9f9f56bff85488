// SPDX-License-Identifier: GPL-2.0-only
// dirty-not-lost-in-race: two vCPUs resolving one fault do not leave W=1 D=0 behind W=1 D=1
// without a flush.
#include <linux/kvm.h>

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
    struct Dropped {
        uint64_t order, gfn;
    };

    void spte(const Event& e, Findings& found) {
        const SpteEvent& s = e.spte;
        if (s.level != 1) return;
        Last& last = last_[{s.vm, s.gfn}];
        // Seen as it happens, or by a W=1 D=0 that follows on a W=1 D=1: only software clears D.
        if (lost_dirty(s.bits_old, s.bits_new)) {
            // By a fault; collecting or switching on a log clears D where it is what is logged
            // (PML), and flush-on-protect has that.
            if (s.vcpu >= 0 || !dropped_.contains(s.vm))
                dropped_[s.vm] = {.order = e.order, .gfn = s.gfn};
            if (s.vcpu >= 0) found.tolerated();
        } else if (lost_dirty(last.bits, s.bits_old)) {
            dropped_[s.vm] = {.order = last.order, .gfn = s.gfn};
        }
        last = {.order = e.order, .bits = s.bits_new};
    }

    // The mark that follows when a memslot's log was switched on. From then on a write through the
    // first vCPU's dirty TLB entry would be in no log.
    void memslot(const Event& e, const mark::Memslot& m, const Ledger& ledger, Findings& found) {
        const bool logs = m.flags & KVM_MEM_LOG_DIRTY_PAGES;
        const bool logged = std::exchange(logging_[{e.mark.vm, m.slot}], logs);
        const auto dropped = dropped_.find(e.mark.vm);
        if (!logs || logged || dropped == dropped_.end()) return;
        const Dropped d = dropped->second;
        if (d.order > begun_[e.pid]) return;  // raced with the ioctl: the next one has to flush
        dropped_.erase(dropped);
        found.checked();
        if (!ledger.vm(e.mark.vm) || ledger.flushed(e.mark.vm, d.gfn, 1) > d.order) return;
        found.violation({.vm = e.mark.vm, .gfn = d.gfn, .flushes = true},
                        std::format("vm {} gfn {:#x}: W=1 D=1 became W=1 D=0, and the log was "
                                    "switched on without a TLB flush since",
                                    e.mark.vm, d.gfn));
    }

    std::map<std::pair<uint16_t, uint64_t>, Last> last_;     // (vm, gfn)
    std::map<std::pair<uint16_t, uint64_t>, bool> logging_;  // (vm, slot)
    std::unordered_map<uint16_t, Dropped> dropped_;          // the newest, by vm
    std::unordered_map<int32_t, uint64_t> begun_;            // pid -> order of its VM ioctl
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
