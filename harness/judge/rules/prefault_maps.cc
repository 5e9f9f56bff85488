// SPDX-License-Identifier: GPL-2.0-only
// prefault-maps: what pre-faulting says it has mapped is mapped.
#include <format>
#include <unordered_map>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class PrefaultMaps : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        switch (e.kind) {
            case Kind::prefault:
                ranges_.try_emplace(e.pid, Range{.vm = e.prefault.vm});
                break;
            case Kind::mark:
                if (const auto m = mark_of<mark::Prefaulted>(e)) end(e, *m, ledger, found);
                break;
            // By somebody else: it may have taken away again what was mapped.
            case Kind::spte:
                disturbed(e.spte.vm, e.pid);
                break;
            case Kind::vm_ioctl:
                disturbed(e.vm_ioctl.vm, e.pid);
                break;
            case Kind::notifier:
                for (auto& [pid, range] : ranges_) range.disturbed = true;
                break;
            default:
                break;
        }
    }

  private:
    // Of one task's ioctl, from its first step to the mark behind it.
    struct Range {
        std::uint16_t vm = 0;
        bool disturbed = false;
    };

    void disturbed(std::uint16_t vm, int32_t pid) {
        for (auto& [own, range] : ranges_) range.disturbed |= own != pid && range.vm == vm;
    }

    void end(const Event& e, const mark::Prefaulted& m, const Ledger& ledger, Findings& found) {
        const auto it = ranges_.find(e.pid);
        if (it == ranges_.end()) return;
        const Range range = it->second;
        ranges_.erase(it);
        const VmRecord* v = ledger.vm(e.mark.vm);
        if (!ledger.witnessed("spte") || !v || range.vm != e.mark.vm || range.disturbed ||
            v->ioctls)
            return;
        for (std::uint64_t gfn = m.gfn; gfn < m.gfn + m.pages; ++gfn) {
            if (!is_known(ledger, range.vm, gfn)) continue;
            found.checked();
            if (ledger.spte_present(range.vm, gfn)) continue;
            found.violation({.vm = range.vm, .gfn = gfn},
                            std::format("vm {} gfn {:#x}: pre-faulted, says KVM of {} pages from "
                                        "{:#x} on, and it has no SPTE",
                                        range.vm, gfn, m.pages, m.gfn));
            return;
        }
    }

    // A count below zero: SPTEs went that nobody had seen come (SpteRecord).
    static bool is_known(const Ledger& ledger, std::uint16_t vm, std::uint64_t gfn) {
        for (unsigned level = 1; level <= kLevels; ++level)
            if (const SpteRecord* r = ledger.spte(vm, gfn, level); r && r->present < 0)
                return false;
        return true;
    }

    std::unordered_map<int32_t, Range> ranges_;  // by pid
};

}  // namespace

const RuleInfo prefault_maps_rule = {
    .id = "prefault-maps",
    .statement = "what pre-faulting says it has mapped is mapped",
    .tolerates = "false negatives: while somebody else takes SPTEs away",
    .origin = "002",
    .hooks = {"prefault", "spte"},
    .events = kinds(Kind::prefault, Kind::mark, Kind::spte, Kind::vm_ioctl, Kind::notifier),
    .make = make_rule<PrefaultMaps>,
};

}  // namespace mmuw
