// SPDX-License-Identifier: GPL-2.0-only
// change-pte-bracketed: change_pte, where it exists, runs inside start/end, and is moot.
#include <map>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class ChangePteBracketed : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        switch (e.kind) {
            case Kind::notifier:
                if (e.notifier.phase == MMUWITNESS_START_AFTER_KVM)
                    bracket_[e.pid] = {e.notifier.start, e.notifier.end, false};
                else
                    bracket_.erase(e.pid);
                break;
            case Kind::change_pte:
                change(e, ledger, found);
                break;
            case Kind::spte:
                spte(e, ledger, found);
                break;
            default:
                break;
        }
    }

  private:
    // From when KVM has unmapped until KVM may map again, by task.
    struct Bracket {
        uint64_t start, end;
        bool changed;  // change_pte was called in it
    };

    void change(const Event& e, const Ledger& ledger, Findings& found) {
        const uint64_t address = e.change_pte.address;
        const auto it = bracket_.find(e.pid);
        const bool inside =
            it != bracket_.end() && address >= it->second.start && address < it->second.end;
        if (inside) it->second.changed = true;
        ledger.each_range(address, address + 1, [&](uint16_t vm, uint64_t gfn, uint64_t) {
            found.checked();
            if (!inside)
                found.violation({.vm = vm, .gfn = gfn},
                                std::format("vm {} gfn {:#x}: change_pte outside of "
                                            "invalidate_range_start and _end",
                                            vm, gfn));
        });
    }

    void spte(const Event& e, const Ledger& ledger, Findings& found) {
        const auto it = bracket_.find(e.pid);
        if (it == bracket_.end() || !it->second.changed) return;
        const SpteEvent& s = e.spte;
        // arm64 maps the page that comes, read-only and whether or not the one that goes was mapped
        // (kvm_set_spte_gfn()).
        const bool maps = ledger.machine() == "aarch64" &&
                          !(s.bits_old & MMUWITNESS_SPTE_PRESENT) &&
                          !(s.bits_new & MMUWITNESS_SPTE_WRITABLE);
        ledger.each_range(it->second.start, it->second.end,
                          [&](uint16_t vm, uint64_t first, uint64_t end) {
                              if (vm != s.vm || s.gfn < first || s.gfn >= end) return;
                              if (maps) {
                                  found.tolerated();
                                  return;
                              }
                              found.violation({.vm = vm, .gfn = s.gfn},
                                              std::format("vm {} gfn {:#x}: change_pte found an "
                                                          "SPTE, and start had left none",
                                                          vm, s.gfn));
                          });
    }

    std::map<int32_t, Bracket> bracket_;
};

}  // namespace

const RuleInfo change_pte_bracketed_rule = {
    .id = "change-pte-bracketed",
    .statement = "change_pte, where it exists, runs inside start/end, and is moot",
    .tolerates = "a read-only SPTE that it makes where there was none (arm64)",
    .origin = "003",
    .hooks = {"change_pte", "notifier_start", "notifier_end"},
    .events = kinds(Kind::notifier, Kind::change_pte, Kind::spte),
    .make = make_rule<ChangePteBracketed>,
};

}  // namespace mmuw
