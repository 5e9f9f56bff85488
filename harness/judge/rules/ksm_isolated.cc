// SPDX-License-Identifier: GPL-2.0-only
// ksm-isolated: no SPTE of a page that KSM merges is writable, from its write protection on.
#include <map>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class KsmIsolated : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        switch (e.kind) {
            case Kind::ksm:
                if (e.ksm.phase == MMUWITNESS_BEGIN)
                    merging_[e.pid] = {};
                else
                    merging_.erase(e.pid);
                break;
            case Kind::notifier:
                notifier(e, ledger, found);
                break;
            case Kind::spte:
                spte(e, ledger, found);
                break;
            default:
                break;
        }
    }

  private:
    // KSM's write_protect_page(), by the task that is in it: its bracket of notifiers, from
    // when KVM has unmapped until KVM may map again.
    struct Merging {
        uint64_t start = 0, end = 0;  // hva
    };

    void notifier(const Event& e, const Ledger& ledger, Findings& found) {
        const auto it = merging_.find(e.pid);
        if (it == merging_.end()) return;
        const NotifierEvent& n = e.notifier;
        if (n.phase != MMUWITNESS_START_AFTER_KVM) {
            it->second = {};
            return;
        }
        it->second = {n.start, n.end};
        ledger.each_range(n.start, n.end, [&](uint16_t vm, uint64_t first, uint64_t end) {
            found.checked();
            ledger.each_present(vm, first, end, [&](uint64_t gfn, uint64_t, const SpteRecord& r) {
                if (r.writable <= 0) return;
                found.violation({.vm = vm, .gfn = gfn, .flushes = true},
                                std::format("vm {} gfn {:#x}: still writable while KSM "
                                            "write-protects the page for a merge",
                                            vm, gfn));
            });
        });
    }

    void spte(const Event& e, const Ledger& ledger, Findings& found) {
        const SpteEvent& s = e.spte;
        // A lockless change may have been made before KSM came, and is traced after it.
        if (s.fast || !(s.bits_new & MMUWITNESS_SPTE_LEAF)) return;
        const bool writable = (s.bits_new & kWritableLeaf) == kWritableLeaf;
        if (s.page & MMUWITNESS_PAGE_KSM) {
            found.checked();
            if (writable)
                found.violation({.vm = s.vm, .gfn = s.gfn},
                                std::format("vm {} gfn {:#x}: a writable SPTE over a page that is "
                                            "merged",
                                            s.vm, s.gfn));
        }
        if (!writable) return;
        for (const auto& [pid, m] : merging_)
            ledger.each_range(m.start, m.end, [&](uint16_t vm, uint64_t first, uint64_t end) {
                if (vm != s.vm || s.gfn >= end || s.gfn + ledger.pages_of(s.level) <= first) return;
                found.violation({.vm = vm, .gfn = s.gfn},
                                std::format("vm {} gfn {:#x}: made writable while KSM "
                                            "write-protects the page for a merge",
                                            vm, s.gfn));
            });
    }

    std::map<int32_t, Merging> merging_;  // by pid
};

}  // namespace

const RuleInfo ksm_isolated_rule = {
    .id = "ksm-isolated",
    .statement = "no SPTE of a page that KSM merges is writable, from its write protection on",
    .tolerates = "nothing",
    .origin = "001",
    .hooks = {"spte", "notifier_start", "ksm_write_protect"},
    .events = kinds(Kind::ksm, Kind::notifier, Kind::spte),
    .make = make_rule<KsmIsolated>,
};

}  // namespace mmuw
