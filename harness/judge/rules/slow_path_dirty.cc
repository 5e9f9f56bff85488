// SPDX-License-Identifier: GPL-2.0-only
// slow-path-dirty: a writable SPTE means that the folio was already marked dirty.
#include <array>

#include "judge/rules/rules.h"

namespace mmuw {
namespace {

class SlowPathDirty : public Rule {
  public:
    void on(const Event& e, const Ledger& ledger, Findings& found) override {
        if (e.kind == Kind::folio) {
            if (e.folio.op == MMUWITNESS_FOLIO_KVM_DIRTY && in_read_fault(e.folio, ledger))
                found.tolerated();
            // The filesystem is told of the first write to a clean page: so its pages are
            // writable in the host's page table only when dirty (vma_wants_writenotify()).
            // tmpfs and hugetlbfs are not told, and there the rule does not hold.
            if (e.folio.op == MMUWITNESS_FOLIO_MKWRITE && e.folio.file < notifies_.size())
                notifies_[e.folio.file] = true;
            return;
        }
        const SpteEvent& s = e.spte;
        if (s.fast || !s.file || s.file >= notifies_.size() || !notifies_[s.file]) return;
        if ((s.bits_new & kWritableLeaf) != kWritableLeaf ||
            (s.bits_old & kWritableLeaf) == kWritableLeaf)
            return;
        found.checked();
        if (s.page & MMUWITNESS_PAGE_DIRTY) return;
        // do_page_mkwrite() returns with the folio locked, the PTE becomes writable, and only
        // then fault_dirty_shared_page() marks it dirty and unlocks.
        if (s.page & MMUWITNESS_PAGE_LOCKED) {
            found.tolerated();
            return;
        }
        found.violation(
            {.vm = s.vm, .gfn = s.gfn, .file = s.file, .page = s.index},
            std::format("vm {} gfn {:#x}: writable SPTE over a clean folio (file {} page "
                        "{:#x})",
                        s.vm, s.gfn, s.file, s.index));
    }

  private:
    // The price of marking early: the guest may never write to it.
    static bool in_read_fault(const FolioEvent& f, const Ledger& ledger) {
        const VmRecord* vm = f.file ? ledger.vm(f.vm) : nullptr;
        if (!vm || f.vcpu < 0) return false;
        const auto fault = vm->faults.find(f.vcpu);
        return fault != vm->faults.end() && fault->second.begin && !fault->second.write;
    }

    std::array<bool, MMUWITNESS_MAX_FILES + 1> notifies_ = {};
};

}  // namespace

const RuleInfo slow_path_dirty_rule = {
    .id = "slow-path-dirty",
    .statement =
        "a writable SPTE, also one made by a read fault after the VMM wrote through its own "
        "mapping, means the folio was already marked dirty",
    .tolerates =
        "a folio that is locked: its write fault is about to mark it dirty; and one that a read "
        "fault marks dirty (counted)",
    .origin = "000",
    .hooks = {"spte", "page_mkwrite"},
    .events = kinds(Kind::folio, Kind::spte),
    .make = make_rule<SlowPathDirty>,
};

}  // namespace mmuw
