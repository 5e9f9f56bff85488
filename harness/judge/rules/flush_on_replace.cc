// SPDX-License-Identifier: GPL-2.0-only
// flush-on-replace: a page table that a fault puts a huge page in place of.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class FlushOnReplace : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        switch (e.kind) {
            case Kind::spte:
                replaced(e);
                break;
            case Kind::tlb_flush:
                flushed(e, ledger);
                break;
            case Kind::fault:
                if (e.fault.phase == MMUWITNESS_FAULT_BEGIN) begin(e.fault);
                if (e.fault.phase == MMUWITNESS_FAULT_END) end(e.fault, ledger, found);
                break;
            default:
                break;
        }
    }

  private:
    struct Replaced {
        uint64_t order, gfn;
        uint8_t level;
    };
    struct Flushed {
        uint64_t order;       // of the request
        uint64_t gfn, pages;  // 0: of the whole VM
    };
    struct Fault {
        std::vector<Replaced> replaced = {};
        std::vector<Flushed> flushed = {};
    };

    void begin(const FaultEvent& f) { faults_[{f.vm, f.vcpu}] = {}; }

    void replaced(const Event& e) {
        const SpteEvent& s = e.spte;
        const bool was_table = (s.bits_old & kLeaf) == MMUWITNESS_SPTE_PRESENT;
        const auto it = faults_.find({s.vm, s.vcpu});
        if (it == faults_.end() || !was_table || (s.bits_new & kLeaf) != kLeaf) return;
        it->second.replaced.push_back({e.order, s.gfn, s.level});
    }

    // By the vCPU's task itself: within a fault nobody else flushes for it.
    void flushed(const Event& e, const Ledger& ledger) {
        const TlbFlushEvent& f = e.tlb_flush;
        const auto it = faults_.find({f.vm, f.vcpu});
        if (it == faults_.end() || f.phase != MMUWITNESS_FLUSH_DONE) return;
        const Task* t = ledger.task(e.pid);
        if (t) it->second.flushed.push_back({t->flush_request, f.gfn, f.pages});
    }

    void end(const FaultEvent& f, const Ledger& ledger, Findings& found) {
        const auto it = faults_.find({f.vm, f.vcpu});
        if (it == faults_.end()) return;
        const Fault fault = std::move(it->second);
        faults_.erase(it);
        if (fault.replaced.empty()) return;
        found.checked();
        const auto one = std::ranges::find_if(
            fault.replaced, [&](const Replaced& r) { return !is_flushed(r, fault, ledger); });
        if (one == fault.replaced.end()) return;
        found.violation({.vm = f.vm, .gfn = one->gfn, .flushes = true},
                        std::format("vm {} gfn {:#x}: a huge page has taken the place of a page "
                                    "table, and vcpu {} went on without a TLB flush",
                                    f.vm, one->gfn, f.vcpu));
    }

    static bool is_flushed(const Replaced& r, const Fault& fault, const Ledger& ledger) {
        // arm64 removes the old entry, flushes, and makes the new one: stage2_try_break_pte(). Its
        // event is that of the new one. Elsewhere a flush comes after both.
        const bool before = ledger.machine() == "aarch64";
        return std::ranges::any_of(fault.flushed, [&](const Flushed& f) {
            return (before || f.order > r.order) &&
                   (!f.pages ||
                    (f.gfn <= r.gfn && r.gfn + ledger.pages_of(r.level) <= f.gfn + f.pages));
        });
    }

    std::map<std::pair<uint16_t, int16_t>, Fault> faults_;  // by vm and vcpu, those not ended
};

}  // namespace

const RuleInfo flush_on_replace_rule = {
    .id = "flush-on-replace",
    .statement =
        "when a fault has put a huge page in place of a page table, TLBs are flushed before the "
        "vCPU enters the guest again",
    .tolerates = "nothing; a flush that was not needed is not counted",
    .origin = "001, 002",
    .hooks = {"spte", "fault", "tlb_flush"},
    .events = kinds(Kind::spte, Kind::tlb_flush, Kind::fault),
    .make = make_rule<FlushOnReplace>,
};

}  // namespace mmuw
