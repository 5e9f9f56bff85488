// SPDX-License-Identifier: GPL-2.0-only
// flush-on-protect: collecting or enabling the log does not return before a remote flush,
// where W or D was cleared.
#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "judge/ioctls.h"
#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class FlushOnProtect : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        if (e.kind == Kind::spte) {
            cleared(e, ledger);
            return;
        }
        const VmIoctlEvent& i = e.vm_ioctl;
        const auto it = cleared_.find(e.pid);
        if (it == cleared_.end()) return;
        const std::vector<Cleared> all = std::move(it->second);
        cleared_.erase(it);
        if (i.phase != MMUWITNESS_END || i.vm != all.front().vm || i.ret < 0) return;
        found.checked();
        if (!ledger.vm(i.vm)) return;
        // Anybody's flush will do, if it was asked for after the change.
        const auto one = std::ranges::find_if(
            all, [&](const Cleared& c) { return ledger.flushed(c.vm, c.gfn, c.level) <= c.order; });
        if (one == all.end()) return;
        found.violation(
            {.vm = i.vm, .gfn = one->gfn, .flushes = true},
            std::format("vm {} gfn {:#x}: W or D cleared, and the ioctl returned without "
                        "a TLB flush",
                        i.vm, one->gfn));
    }

  private:
    struct Cleared {
        uint64_t order, gfn;
        uint16_t vm;
        uint8_t level;
    };

    void cleared(const Event& e, const Ledger& ledger) {
        const SpteEvent& s = e.spte;
        // Removal is another matter: a deleted memslot's SPTEs go with their root, and vCPUs
        // flush when they load the next one (kvm_tdp_mmu_zap_invalidated_roots()). A split
        // huge page keeps its translation. A alone needs no flush (access tracking).
        if ((s.bits_old & kLeaf) != kLeaf || (s.bits_new & kLeaf) != kLeaf) return;
        const uint8_t gone = s.bits_old & ~s.bits_new;
        if (!(gone & (MMUWITNESS_SPTE_WRITABLE | MMUWITNESS_SPTE_DIRTY))) return;
        const Task* t = ledger.task(e.pid);
        if (!t || !t->ioctl_begin || t->ioctl_vm != s.vm) return;
        if (!is_log_ioctl(t->ioctl) && !is_memslot_ioctl(t->ioctl)) return;
        cleared_[e.pid].push_back({e.order, s.gfn, s.vm, s.level});
    }

    std::unordered_map<int32_t, std::vector<Cleared>> cleared_;  // by the ioctl's task
};

}  // namespace

const RuleInfo flush_on_protect_rule = {
    .id = "flush-on-protect",
    .statement =
        "collecting or enabling the log does not return before a remote flush, where W or D "
        "was cleared",
    .tolerates = "nothing; a flush that was not needed is not counted",
    .origin = "002",
    .hooks = {"spte", "vm_ioctl", "tlb_flush"},
    .events = kinds(Kind::spte, Kind::vm_ioctl),
    .make = make_rule<FlushOnProtect>,
};

}  // namespace mmuw
